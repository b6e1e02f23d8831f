using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>What one authority of the rule came to.</summary>
/// <param name="Authority">The authority's name in the policy.</param>
/// <param name="Outcome">Satisfied, not satisfied, or not known.</param>
/// <param name="Reason">Why; <see cref="DecisionReason.Verified"/> only with <see cref="VerdictOutcome.Satisfied"/>.</param>
/// <param name="Message">One sentence with the fix; deterministic.</param>
/// <param name="Evidence">Each piece of evidence that was looked at, in a stable order.</param>
/// <param name="SignerIds">The distinct signers that verified: what <c>atLeast</c> counts.</param>
public sealed record AuthorityVerdict(
    string Authority,
    VerdictOutcome Outcome,
    DecisionReason Reason,
    string Message,
    ImmutableArray<EvidenceResult> Evidence,
    ImmutableArray<string> SignerIds);
