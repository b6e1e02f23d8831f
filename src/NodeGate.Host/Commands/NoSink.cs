using NodeGate.Policy;

namespace NodeGate.Host.Commands;

/// <summary>A question from the shell is not an event of the node.</summary>
internal sealed class NoSink : IDecisionSink
{
    public ValueTask RecordAsync(DecisionRecord record) => ValueTask.CompletedTask;
}
