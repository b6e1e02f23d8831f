using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Verification.Steps;

/// <summary>Records the steps of one piece of evidence. A result can be had only through it, so no step can be left out of the trace.</summary>
internal sealed class VerificationTrace
{
    private readonly Evidence _evidence;
    private readonly ImmutableArray<VerificationStep>.Builder _steps = ImmutableArray.CreateBuilder<VerificationStep>();
    private bool _namesTag;

    public VerificationTrace(Evidence evidence)
    {
        _evidence = evidence;
    }

    /// <summary>Records what a step found: null and its value where the check holds, otherwise the rejection to return.</summary>
    public RejectedEvidence? Take<T>(string step, Finding<T> finding, [MaybeNull] out T value)
    {
        value = finding.Value;
        if (finding.Holds)
        {
            _steps.Add(new VerificationStep(step, StepOutcome.Passed, finding.Detail));
            return null;
        }

        _steps.Add(new VerificationStep(step, StepOutcome.Failed, finding.Detail));
        return new RejectedEvidence(_evidence, _steps.ToImmutable(), finding.Reason) { NamesTag = _namesTag };
    }

    /// <summary>Records a step that has nothing to check.</summary>
    public void Skip(string step, string detail) => _steps.Add(new VerificationStep(step, StepOutcome.Skipped, detail));

    /// <summary>What was verified names a tag: see <see cref="EvidenceResult.NamesTag"/>.</summary>
    public void HoldsForTagOnly() => _namesTag = true;

    /// <summary>Ends the trace: every step held.</summary>
    public VerifiedEvidence Verified(SignerName signer, ImmutableDictionary<string, string> annotations, VerifiedAttestation? attestation = null) =>
        new(_evidence, _steps.ToImmutable(), new VerificationResult(_evidence, signer, annotations, attestation)) { NamesTag = _namesTag };
}
