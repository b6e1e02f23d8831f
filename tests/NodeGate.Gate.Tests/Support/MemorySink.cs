using System.Collections.Concurrent;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests.Support;

/// <summary>Keeps the records, and can be full as a disk is.</summary>
internal sealed class MemorySink : IDecisionSink
{
    public ConcurrentQueue<DecisionRecord> Records { get; } = new();

    public bool IsFull { get; set; }

    /// <summary>Runs when a record arrives: what else must have happened before?</summary>
    public Action<DecisionRecord>? Recording { get; set; }

    public ValueTask RecordAsync(DecisionRecord record)
    {
        if (IsFull)
        {
            throw new NodeGateException(DecisionReason.InternalError, "The audit log cannot be written: No space left on device");
        }

        Recording?.Invoke(record);
        Records.Enqueue(record);
        return ValueTask.CompletedTask;
    }
}
