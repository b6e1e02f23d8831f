namespace NodeGate.EndToEnd.Keyless;

/// <summary>The classes that share a <see cref="KeylessWorld"/>.</summary>
[CollectionDefinition(Name)]
public sealed class KeylessDefinition : ICollectionFixture<KeylessWorld>
{
    public const string Name = "keyless";
}
