namespace NodeGate.EndToEnd.Flows;

/// <summary>The classes that share a <see cref="FlowWorld"/>; they run one after another, beside the suite's other half.</summary>
[CollectionDefinition(Name)]
public sealed class FlowsDefinition : ICollectionFixture<FlowWorld>
{
    public const string Name = "flows";
}
