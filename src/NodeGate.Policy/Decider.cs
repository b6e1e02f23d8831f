using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Strict;

namespace NodeGate.Policy;

/// <summary>
/// Makes decisions; nothing else can. Pure and deterministic. A refusal under a rule in audit mode comes out as admitted, with the
/// refusal in <see cref="Decision.Admitted.Observed"/>.
/// </summary>
public static class Decider
{
    /// <summary>
    /// The answer of a static rule; null where evidence is required, or where the digest has to be known first
    /// (<see cref="RuleMatch.NeedsDigest"/>): match again with it, then ask again.
    /// </summary>
    public static Decision? FromStatic(RuleMatch match, DecisionBasis basis)
    {
        var reference = Check(match, basis);
        if (match.NeedsDigest)
        {
            return null;
        }

        if (match.RequiresDigest && reference.Digest is null)
        {
            return Refuse(match, basis, DecisionReason.DigestRequired, NoDigest(match, reference), cached: false);
        }

        switch (match.Action)
        {
            case RuleAction.Exempt exempt:
                return Exempted(exempt.Exemption, basis, reference);
            case RuleAction.Allow allow:
                var permit = new AdmittedImage(reference, basis.Digest);
                return new Decision.Admitted(basis, DecisionReason.AllowedByRule, Allowed(match, allow), permit, null);
            case RuleAction.Deny deny:
                var denied = match.Rule is null
                    ? new Decision.Denied(basis, DecisionReason.NoMatchingRule, NoRule(basis, reference))
                    : new Decision.Denied(basis, DecisionReason.DeniedByRule, DeniedBy(match.Rule, deny));
                return Refuse(match, denied, reference);
            default:
                return null;
        }
    }

    /// <summary>
    /// The answer of a rule that requires evidence. Undetermined only if the rule could still be satisfied by what was not readable.
    /// </summary>
    /// <param name="match">The rule.</param>
    /// <param name="basis">What was asked; with the digest that was judged.</param>
    /// <param name="verdicts">One for each authority of the rule, and for each of each attestation, about that digest; in any order.</param>
    /// <exception cref="ArgumentException">A verdict is missing, double, or about another digest.</exception>
    public static Decision FromVerdicts(RuleMatch match, DecisionBasis basis, IReadOnlyList<AuthorityVerdict> verdicts)
    {
        var reference = Check(match, basis);
        ArgumentNullException.ThrowIfNull(verdicts);
        var required = RequirementOf(match);
        var digest = DigestOf(basis);
        var ordered = Align(required, digest, verdicts);
        var signed = ordered.Where(v => v.Attestation is null).ToImmutableArray();
        var byName = signed.ToDictionary(v => v.Authority, StringComparer.Ordinal);
        var known = RequirementEvaluator.Evaluate(required.Requirement, a => SignerSet.Of(byName[a.Name].SignerIds));
        var missing = required.Attestations.Where(a => !ordered.Any(v => v.Attestation == a && v.Outcome == VerdictOutcome.Satisfied)).ToArray();
        if (known.Holds && missing.Length == 0)
        {
            var signers = known.Signers.Ids;
            return new Decision.Admitted(basis, DecisionReason.Verified, Verified(digest, match, signers), new AdmittedImage(reference, digest), null)
            {
                Verdicts = ordered,
                Signers = signers,
            };
        }

        var possible = RequirementEvaluator.Evaluate(required.Requirement, a => byName[a.Name].PossibleSigners);
        var impossible = missing.Where(a => !ordered.Any(v => v.Attestation == a && v.Unread is not null)).ToArray();

        // What is denied for certain is told before what is open.
        var (reason, message) = !possible.Holds || (!known.Holds && impossible.Length == 0)
            ? RefusalText.Of(match.Rule!, required.Requirement, signed, possible.Holds)
            : RefusalText.OfAttestation(match.Rule!, ordered, impossible.Concat(missing).First(), undetermined: impossible.Length == 0);
        Decision refusal = possible.Holds && impossible.Length == 0
            ? new Decision.Undetermined(basis, reason, message) { Verdicts = ordered }
            : new Decision.Denied(basis, reason, message) { Verdicts = ordered };
        return Refuse(match, refusal, reference);
    }

    /// <summary>
    /// The answer to an outage (<paramref name="outage"/>) under a rule that allows grace, where a ledger remembers that
    /// <paramref name="signers"/> satisfied it for this digest, although too long ago to count otherwise.
    /// </summary>
    /// <exception cref="ArgumentException">The rule allows no grace.</exception>
    public static Decision FromGrace(RuleMatch match, DecisionBasis basis, ImmutableArray<string> signers, string outage)
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(outage);
        if (!match.AllowsGrace)
        {
            throw new ArgumentException("The rule allows no grace.", nameof(match));
        }

        var reference = Check(match, basis);
        _ = RequirementOf(match);
        var digest = DigestOf(basis);
        var message = $"{RefusalText.Clause(Verified(digest, match, signers))}; not verified anew, which cache.graceFor allows during an outage: {RefusalText.Sentence(outage)}";
        return new Decision.Admitted(basis, DecisionReason.Verified, message, new AdmittedImage(reference, digest), null)
        {
            Cached = true,
            Signers = signers,
        };
    }

    /// <summary>The answer of a ledger that remembers that <paramref name="signers"/> satisfied this very rule for this digest.</summary>
    public static Decision FromLedger(RuleMatch match, DecisionBasis basis, ImmutableArray<string> signers)
    {
        var reference = Check(match, basis);
        _ = RequirementOf(match);
        var digest = DigestOf(basis);
        return new Decision.Admitted(basis, DecisionReason.Verified, Verified(digest, match, signers), new AdmittedImage(reference, digest), null)
        {
            Cached = true,
            Signers = signers,
        };
    }

    /// <summary>The answer for an image of an index that <paramref name="signers"/> satisfied this very rule for: an index vouches for what it lists.</summary>
    /// <param name="match">The rule.</param>
    /// <param name="basis">What was asked; with the digest of the image.</param>
    /// <param name="index">The digest of the index.</param>
    /// <param name="signers">Who signed the index.</param>
    /// <param name="cached">True where a ledger remembers it.</param>
    public static Decision FromIndex(RuleMatch match, DecisionBasis basis, Digest index, ImmutableArray<string> signers, bool cached)
    {
        ArgumentNullException.ThrowIfNull(index);
        var reference = Check(match, basis);
        _ = RequirementOf(match);
        var digest = DigestOf(basis);
        return new Decision.Admitted(
            basis, DecisionReason.Verified, $"{digest} is an image of the index {Verified(index, match, signers)}", new AdmittedImage(reference, digest), null)
        {
            Cached = cached,
            Signers = signers,
        };
    }

    /// <summary>The answer of a ledger that remembers a refusal (the negative cache), under the rule's present mode.</summary>
    public static Decision FromLedgerRefusal(RuleMatch match, DecisionBasis basis, DecisionReason reason, string message) =>
        Refuse(match, basis, reason, message, cached: true);

    /// <summary>The answer to the runtime's own question about a pull that <paramref name="permit"/> was given for: it says so and nothing else.</summary>
    /// <exception cref="ArgumentException">The permit is for another digest.</exception>
    public static Decision FromPermit(PolicyModel policy, AdmittedImage permit, string image, Digest digest)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(permit);
        if (permit.Digest is { } permitted && permitted != digest)
        {
            throw new ArgumentException($"The permit is for {permitted}, not for {digest}.", nameof(digest));
        }

        var basis = new DecisionBasis(image, permit.Reference, digest, null, null, policy.Mode, policy.Revision);
        return new Decision.Admitted(basis, DecisionReason.AllowedByRule, $"A pull of {permit.PullReference} that was admitted is under way.", permit, null)
        {
            Cached = true,
        };
    }

    /// <summary>
    /// The answer when judging failed: undetermined for what says nothing about the image (registry, deadline, limit), denied for a
    /// <paramref name="reason"/> that is a refusal.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is one that admits.</exception>
    public static Decision Failed(RuleMatch match, DecisionBasis basis, DecisionReason reason, string message) =>
        Refuse(match, basis, reason, message, cached: false);

    /// <summary>
    /// The answer to a text that is no reference. Denied in audit mode as well: there is nothing that could be let through.
    /// </summary>
    public static Decision InvalidReference(PolicyModel policy, string image, string? @namespace, string error)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var basis = new DecisionBasis(image, null, null, @namespace, null, policy.Mode, policy.Revision);
        return new Decision.Denied(basis, DecisionReason.InvalidReference, error);
    }

    private static Decision Refuse(RuleMatch match, DecisionBasis basis, DecisionReason reason, string message, bool cached)
    {
        var reference = Check(match, basis);
        ArgumentNullException.ThrowIfNull(message);
        if (ReasonOrder.IsGood(reason))
        {
            throw new ArgumentException($"{reason} is no reason to refuse an image.", nameof(reason));
        }

        Decision refusal = ReasonOrder.IsUnknown(reason)
            ? new Decision.Undetermined(basis, reason, message) { Cached = cached }
            : new Decision.Denied(basis, reason, message) { Cached = cached };
        return Refuse(match, refusal, reference);
    }

    /// <summary>
    /// Says of an exception that it has ended, which is why the rule decides again. In audit mode the image goes through: as the digest
    /// that was judged where there is one, else as it was asked for.
    /// </summary>
    private static Decision Refuse(RuleMatch match, Decision refusal, ImageReference reference)
    {
        var told = refusal with { Message = RefusalText.WithEnded(refusal.Message, match.Ended) };
        return told.Basis.Mode != PolicyMode.Audit
            ? told
            : new Decision.Admitted(
                told.Basis, told.Reason, "Let through in audit mode: " + told.Message, new AdmittedImage(reference, told.Basis.Digest), told)
            {
                Verdicts = told.Verdicts,
                Cached = told.Cached,
            };
    }

    private static ImmutableArray<AuthorityVerdict> Align(RuleAction.Require required, Digest digest, IReadOnlyList<AuthorityVerdict> verdicts)
    {
        var expected = required.Requirement.Authorities().Select(a => (Attestation: (AttestationRequirement?)null, a.Name))
            .Concat(required.Attestations.SelectMany(t => t.By.Select(a => (Attestation: (AttestationRequirement?)t, a.Name))))
            .ToArray();
        var ordered = expected
            .SelectMany(e => verdicts.Where(v => v.Attestation == e.Attestation && string.Equals(v.Authority, e.Name, StringComparison.Ordinal)))
            .ToImmutableArray();
        if (ordered.Length != expected.Length || verdicts.Count != expected.Length
            || !expected.SequenceEqual(ordered.Select(v => (v.Attestation, v.Authority))))
        {
            throw new ArgumentException("Exactly one verdict is needed for each authority of the rule and of each of its attestations.", nameof(verdicts));
        }

        return ordered.All(v => v.Subject == digest)
            ? ordered
            : throw new ArgumentException($"A verdict is about another digest than {digest}.", nameof(verdicts));
    }

    private static ImageReference Check(RuleMatch match, DecisionBasis basis)
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(basis);
        if (basis.Mode != match.Mode || !string.Equals(basis.Rule, match.Rule, StringComparison.Ordinal)
            || !string.Equals(basis.PolicyRevision, match.PolicyRevision, StringComparison.Ordinal))
        {
            throw new ArgumentException("The basis is not that of the match; make it with RuleMatch.Basis.", nameof(basis));
        }

        return basis.Reference ?? throw new ArgumentException("There is no decision by a rule without a reference.", nameof(basis));
    }

    private static RuleAction.Require RequirementOf(RuleMatch match) => match.Action is RuleAction.Require required
        ? required
        : throw new ArgumentException("The rule requires no evidence; use FromStatic.", nameof(match));

    private static Digest DigestOf(DecisionBasis basis) =>
        basis.Digest ?? throw new ArgumentException("Evidence is about a digest, and the basis has none.", nameof(basis));

    private static string Allowed(RuleMatch match, RuleAction.Allow allow) =>
        match.Rule is null ? "Allowed without a signature: " + RefusalText.Sentence(allow.Reason)
            : $"Allowed without a signature by rule '{match.Rule}': {RefusalText.Sentence(allow.Reason)}";

    private static string DeniedBy(string rule, RuleAction.Deny deny) =>
        $"Rule '{rule}' denies it: {RefusalText.Clause(deny.Reason)}; use an image that the policy admits, or ask for a change of that rule.";

    /// <exception cref="ArgumentException">The digest that would be pulled is not the exception's.</exception>
    private static Decision.Admitted Exempted(PolicyExemption exemption, DecisionBasis basis, ImageReference reference)
    {
        var digest = DigestOf(basis);
        if (exemption.Covers(reference, digest) is null)
        {
            throw new ArgumentException($"Exception '{exemption.Name}' is not about {digest}.", nameof(basis));
        }

        var ticket = exemption.Ticket is null ? "" : $", {exemption.Ticket}";
        var message = $"Exempted until {Shown.Time(exemption.Expires)} by exception '{exemption.Name}' of {exemption.Owner}{ticket}.";
        return new Decision.Admitted(basis, DecisionReason.Exempted, message, new AdmittedImage(reference, digest), null);
    }

    private static string NoDigest(RuleMatch match, ImageReference reference) =>
        $"Rule '{match.Rule}' takes references with a digest only; write {reference.Name}@sha256:… instead of {reference}.";

    private static string NoRule(DecisionBasis basis, ImageReference reference)
    {
        var place = basis.Namespace is null ? "" : $" in namespace '{basis.Namespace}'";
        return $"No rule of the policy matches {reference}{place}; add a rule for {reference.Name} to the policy, or use an image that has one.";
    }

    private static string Verified(Digest digest, RuleMatch match, ImmutableArray<string> signers) =>
        $"{digest} satisfies rule '{match.Rule}', signed by {string.Join(", ", signers)}.";
}
