namespace NodeGate.EndToEnd.Fidelity;

/// <summary>One node for both classes, because each costs a containerd and two daemons.</summary>
[CollectionDefinition(Name)]
public sealed class FidelityCollection : ICollectionFixture<FidelityNodes>
{
    public const string Name = "fidelity";
}
