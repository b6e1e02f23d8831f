using System.Collections.Immutable;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Scheduling;

/// <summary>What verifying one digest under one rule came to: verdicts, or why there are none. It can be shared; it names no caller.</summary>
/// <param name="Verdicts">One for each authority of the rule; empty with a failure.</param>
/// <param name="Failure">Why nothing was verified, or null.</param>
/// <param name="IsUnknown">True where the answer is that nobody knows: another caller's credentials may know.</param>
internal sealed record VerificationOutcome(ImmutableArray<AuthorityVerdict> Verdicts, EvidenceGap? Failure, bool IsUnknown)
{
    internal static VerificationOutcome Failed(DecisionReason reason, string message) => new([], new EvidenceGap(reason, message), IsUnknown: true);

    /// <summary>What was verified, where it is an index: what it lists.</summary>
    internal KnownIndex? Index { get; init; }

    /// <summary>True where a signature names its tag, so that the outcome is good for that tag alone.</summary>
    internal bool IsTagBound => Verdicts.Any(v => v.IsTagBound);
}
