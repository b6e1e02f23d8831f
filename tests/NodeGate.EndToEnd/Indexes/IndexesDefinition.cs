namespace NodeGate.EndToEnd.Indexes;

/// <summary>The classes that share an <see cref="IndexesWorld"/>; they run one after another, beside the other collections.</summary>
[CollectionDefinition(Name)]
public sealed class IndexesDefinition : ICollectionFixture<IndexesWorld>
{
    public const string Name = "indexes";
}
