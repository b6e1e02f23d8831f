namespace NodeGate.EndToEnd.Crash;

/// <summary>One node for all of these tests, and one after the other: what an earlier crash left behind must not hurt a later test.</summary>
[CollectionDefinition(Name)]
public sealed class CrashCollection : ICollectionFixture<CrashNode>
{
    public const string Name = "crash";
}
