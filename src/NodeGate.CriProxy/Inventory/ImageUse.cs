namespace NodeGate.CriProxy.Inventory;

/// <summary>How often an image is used in one namespace.</summary>
/// <param name="Namespace">The namespace of the pods.</param>
/// <param name="Containers">How many containers are made from it, ended ones as well.</param>
public sealed record ImageUse(string Namespace, int Containers);
