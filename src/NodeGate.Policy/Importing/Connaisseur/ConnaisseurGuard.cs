using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>A rule that no entry of the policy is, made for images that NodeGate would otherwise judge by a laxer rule than Connaisseur.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Origin">The entry that it guards.</param>
/// <param name="Why">Why it is there.</param>
/// <param name="Images">The images.</param>
/// <param name="Action">What becomes of them.</param>
internal sealed record ConnaisseurGuard(string Name, ConnaisseurPattern Origin, string Why, ImmutableArray<string> Images, NativeAction Action);
