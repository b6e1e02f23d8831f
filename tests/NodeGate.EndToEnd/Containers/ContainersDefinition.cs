namespace NodeGate.EndToEnd.Containers;

/// <summary>The classes that share a <see cref="ContainersWorld"/>; they run one after another, beside the other collections.</summary>
[CollectionDefinition(Name)]
public sealed class ContainersDefinition : ICollectionFixture<ContainersWorld>
{
    public const string Name = "containers";
}
