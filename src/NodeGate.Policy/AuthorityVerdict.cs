using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>What one authority of the rule came to, for a signature or for one attestation. Made by <see cref="AuthorityJudge"/> alone, so that nobody can claim one.</summary>
public sealed record AuthorityVerdict
{
    internal AuthorityVerdict(string authority, Digest subject, VerdictOutcome outcome, DecisionReason reason, string message)
    {
        Authority = authority;
        Subject = subject;
        Outcome = outcome;
        Reason = reason;
        Message = message;
    }

    /// <summary>The authority's name in the policy.</summary>
    public string Authority { get; }

    /// <summary>The attestation that was asked for; null where it was a signature. Neither counts as the other.</summary>
    public AttestationRequirement? Attestation { get; internal init; }

    /// <summary>The digest that was judged; a decision about another one cannot be made with this verdict.</summary>
    public Digest Subject { get; }

    /// <summary>Satisfied, not satisfied, or not known.</summary>
    public VerdictOutcome Outcome { get; }

    /// <summary>Why; <see cref="DecisionReason.Verified"/> only with <see cref="VerdictOutcome.Satisfied"/>.</summary>
    public DecisionReason Reason { get; }

    /// <summary>One sentence with the fix; deterministic.</summary>
    public string Message { get; }

    /// <summary>Each piece of evidence that was looked at, in a stable order.</summary>
    public ImmutableArray<EvidenceResult> Evidence { get; internal init; } = [];

    /// <summary>True where a signature names its tag: the verdict is good for the tag that was judged and for no other.</summary>
    public bool IsTagBound => Evidence.Any(e => e.NamesTag);

    /// <summary>The distinct signers that verified, sorted: what <c>atLeast</c> counts.</summary>
    public ImmutableArray<string> SignerIds { get; internal init; } = [];

    /// <summary>
    /// The signers that could have verified if everything had been readable: <see cref="SignerIds"/>, and where something was not, every
    /// signer of the authority. What is still possible decides between denied and undetermined.
    /// </summary>
    internal SignerSet PossibleSigners { get; init; } = SignerSet.Empty;

    /// <summary>What could not be read, also where the authority is satisfied; null where everything was.</summary>
    internal EvidenceGap? Unread { get; init; }
}
