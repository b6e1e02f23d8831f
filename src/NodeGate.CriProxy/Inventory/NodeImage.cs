using System.Collections.Immutable;
using NodeGate.Gate;

namespace NodeGate.CriProxy.Inventory;

/// <summary>An image that is on the node, and who uses it.</summary>
/// <param name="Image">The image with its names and what containerd's own records of them point at.</param>
/// <param name="Uses">By namespace; empty where no container is made from it.</param>
public sealed record NodeImage(PresentImage Image, ImmutableArray<ImageUse> Uses);
