using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeGate.Oci;

namespace NodeGate.Policy.Tests.Decisions;

/// <summary>A question to a policy, with what registry and signers would say: the columns of the tables beside this file.</summary>
internal sealed partial record Question(string Image, string TagIs, string? Namespace, DateTimeOffset Time, string SignedBy)
{
    private static readonly ImmutableDictionary<string, Digest> Digests =
        ImmutableDictionary<string, Digest>.Empty.Add("A", Policies.A).Add("B", Policies.B).Add("C", Digest.Of("c"u8));

    private static readonly ImmutableDictionary<string, string[]> Keys =
        ImmutableDictionary<string, string[]>.Empty.Add("one", ["one"]).Add("two", ["two"]).Add("three", ["three"]).Add("team", ["one", "two"]);

    /// <summary>Writes out the digests.</summary>
    public static string Expand(string text) => Short().Replace(text, m => "@" + Digests[m.Groups[1].Value]);

    /// <summary>Asks as the gate does (design.md section 2, steps 3 to 8): without the digest, with it, and with the evidence.</summary>
    public Answer Ask(PolicyModel policy)
    {
        var reference = Policies.Ref(Expand(Image));
        var match = policy.Match(reference, null, Namespace, Time);
        if (Decider.FromStatic(match, match.Basis(Image, reference, null, Namespace)) is { } atOnce)
        {
            return Answer.Of(atOnce, isAsked: false);
        }

        if (reference.Digest is null && TagIs is "down")
        {
            return Answer.Of(Decider.Failed(match, match.Basis(Image, reference, null, Namespace), DecisionReason.RegistryUnavailable, "It is down."), isAsked: true);
        }

        var digest = reference.Digest ?? Digests[TagIs];
        match = policy.Match(reference, digest, Namespace, Time);
        var basis = match.Basis(Image, reference, digest, Namespace);
        return Answer.Of(Decider.FromStatic(match, basis) ?? Decider.FromVerdicts(match, basis, Verdicts((RuleAction.Require)match.Action, digest)), isAsked: true);
    }

    private ImmutableArray<AuthorityVerdict> Verdicts(RuleAction.Require required, Digest digest) =>
    [
        .. required.Requirement.Authorities().Select(a => Verdict(a, null, digest)),
        .. required.Attestations.SelectMany(t => t.By.Select(a => Verdict(a, t, digest))),
    ];

    private AuthorityVerdict Verdict(Authority authority, AttestationRequirement? attestation, Digest digest)
    {
        var prefix = attestation is null ? "" : attestation.Type + ":";
        var signed = SignedBy.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(s => s.Contains(':', StringComparison.Ordinal) ? s.StartsWith(prefix, StringComparison.Ordinal) && prefix.Length > 0 : prefix.Length == 0)
            .Select(s => s[prefix.Length..]).ToArray();
        var signers = Keys[authority.Name].Intersect(signed, StringComparer.Ordinal).ToImmutableArray();
        var gap = signed.Contains("?", StringComparer.Ordinal) ? new EvidenceGap(DecisionReason.RegistryUnavailable, "It is down.") : null;
        var (outcome, reason) = !signers.IsEmpty ? (VerdictOutcome.Satisfied, DecisionReason.Verified)
            : gap is not null ? (VerdictOutcome.Inconclusive, gap.Reason)
            : (VerdictOutcome.NotSatisfied, attestation is null ? DecisionReason.NoSignature : DecisionReason.AttestationInvalid);
        return new AuthorityVerdict(authority.Name, digest, outcome, reason, $"{authority.Name}: {outcome}.")
        {
            Attestation = attestation,
            SignerIds = signers,
            PossibleSigners = SignerSet.Of(gap is null ? signers : Keys[authority.Name]),
            Unread = gap,
        };
    }

    [GeneratedRegex("@([ABC])\\b")]
    private static partial Regex Short();
}
