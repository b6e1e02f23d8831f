using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>What came of one piece of evidence: <see cref="VerifiedEvidence"/> or <see cref="RejectedEvidence"/>.</summary>
public abstract class EvidenceResult
{
    private protected EvidenceResult(Evidence evidence, ImmutableArray<VerificationStep> steps)
    {
        Kind = evidence.Kind;
        Source = evidence.Source;
        Steps = steps;
    }

    private protected EvidenceResult(EvidenceResult earlier, ImmutableArray<VerificationStep> more)
    {
        Kind = earlier.Kind;
        Source = earlier.Source;
        Steps = [.. earlier.Steps, .. more];
        NamesTag = earlier.NamesTag;
    }

    /// <summary>The kind of evidence.</summary>
    public EvidenceKind Kind { get; }

    /// <summary>The digest of the layer with the evidence.</summary>
    public Digest Source { get; }

    /// <summary>The checks in the order in which they were made; the last of a rejected one failed.</summary>
    public ImmutableArray<VerificationStep> Steps { get; }

    /// <summary>
    /// True where the signed payload names a tag, so that the result is good for the tag that was judged and says nothing about another one:
    /// remembered by digest alone, a signature for <c>:1.0</c> would admit the same digest moved to <c>:2.0</c>.
    /// </summary>
    public bool NamesTag { get; internal init; }
}
