namespace NodeGate.Policy;

/// <summary>Where decisions are recorded before they are answered. The gate writes; the audit log implements.</summary>
public interface IDecisionSink
{
    /// <summary>
    /// Records <paramref name="record"/>; when it returns, the record is flushed and a crash cannot lose it. Not cancellable: a caller
    /// that went away must not leave a decision unrecorded.
    /// </summary>
    /// <exception cref="NodeGate.Oci.NodeGateException">It could not be written. An enforcing rule's decision must then not be answered as admitted; audit mode stops no pod.</exception>
    ValueTask RecordAsync(DecisionRecord record);
}
