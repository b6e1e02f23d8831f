using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>Evidence that is listed for the image but could not be had within the limits; it is rejected, and seen in the trace.</summary>
/// <param name="Source">The digest under which it is listed.</param>
/// <param name="ClaimedKind">What it claims to be.</param>
/// <param name="Reason">Why it could not be read: <see cref="DecisionReason.LimitExceeded"/>, <see cref="DecisionReason.RegistryUnavailable"/>, …</param>
/// <param name="Detail">What was found, what was expected; no secrets.</param>
public sealed record UnreadableEvidence(Digest Source, EvidenceKind ClaimedKind, DecisionReason Reason, string Detail) : Evidence(Source)
{
    /// <inheritdoc/>
    public override EvidenceKind Kind => ClaimedKind;
}
