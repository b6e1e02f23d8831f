using System.Collections.Immutable;

namespace NodeGate.Verification;

/// <summary>Every check held.</summary>
public sealed class VerifiedEvidence : EvidenceResult
{
    internal VerifiedEvidence(Evidence evidence, ImmutableArray<VerificationStep> steps, VerificationResult result)
        : base(evidence, steps)
    {
        Result = result;
    }

    /// <summary>Who signed.</summary>
    public VerificationResult Result { get; }
}
