using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>A check did not hold.</summary>
public sealed class RejectedEvidence : EvidenceResult
{
    internal RejectedEvidence(Evidence evidence, ImmutableArray<VerificationStep> steps, DecisionReason reason)
        : base(evidence, steps)
    {
        Reason = reason;
    }

    internal RejectedEvidence(VerifiedEvidence attestation, ImmutableArray<VerificationStep> conditions)
        : base(attestation, conditions)
    {
        Reason = DecisionReason.AttestationInvalid;
    }

    /// <summary>Why, in the closed list; never <see cref="DecisionReason.Verified"/>.</summary>
    public DecisionReason Reason { get; }

    /// <summary>The name of the check that failed.</summary>
    public string Step => Steps[^1].Step;

    /// <summary>What was found and what was expected. The same evidence gives the same text.</summary>
    public string Detail => Steps[^1].Detail;
}
