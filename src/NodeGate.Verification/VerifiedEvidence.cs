using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>Every check held.</summary>
public sealed class VerifiedEvidence : EvidenceResult
{
    internal VerifiedEvidence(Evidence evidence, ImmutableArray<VerificationStep> steps, VerificationResult result)
        : base(evidence, steps)
    {
        Result = result;
    }

    private VerifiedEvidence(VerifiedEvidence earlier, ImmutableArray<VerificationStep> conditions)
        : base(earlier, conditions)
    {
        Result = earlier.Result;
    }

    /// <summary>Who signed.</summary>
    public VerificationResult Result { get; }

    /// <summary>
    /// The same after the policy's conditions on the attestation were judged: verified still, or rejected with
    /// <see cref="DecisionReason.AttestationInvalid"/> where the last of them failed.
    /// </summary>
    public EvidenceResult Judged(ImmutableArray<VerificationStep> conditions) => conditions is [.., { Outcome: not StepOutcome.Passed }]
        ? new RejectedEvidence(this, conditions)
        : new VerifiedEvidence(this, conditions);
}
