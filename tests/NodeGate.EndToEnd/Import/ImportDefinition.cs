namespace NodeGate.EndToEnd.Import;

/// <summary>The classes that share an <see cref="ImportWorld"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ImportDefinition : ICollectionFixture<ImportWorld>
{
    public const string Name = "import";
}
