using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Strict;

namespace NodeGate.Policy;

/// <summary>Says in one sentence why a requirement does not hold. The same verdicts give the same bytes.</summary>
internal static class RefusalText
{
    public static (DecisionReason Reason, string Message) Of(
        string rule, Requirement requirement, ImmutableArray<AuthorityVerdict> verdicts, bool undetermined)
    {
        var wanted = undetermined ? VerdictOutcome.Inconclusive : VerdictOutcome.NotSatisfied;
        var telling = verdicts.Where(v => v.Outcome == wanted).ToArray();
        if (telling.Length == 0)
        {
            return Shortfall(rule, requirement, verdicts, undetermined);
        }

        var reason = telling.MinBy(v => ReasonOrder.PlaceOf(v.Reason))!.Reason;
        if (verdicts.Length == 1)
        {
            return (reason, telling[0].Message);
        }

        var details = string.Join("; ", telling.Select(v => Clause(v.Message)));
        return (reason, $"Rule '{rule}' requires {requirement}: {details}.");
    }

    /// <summary>Why this attestation is not there, or not known to be.</summary>
    public static (DecisionReason Reason, string Message) OfAttestation(
        string rule, ImmutableArray<AuthorityVerdict> verdicts, AttestationRequirement attestation, bool undetermined)
    {
        var own = verdicts.Where(v => v.Attestation == attestation).ToArray();
        var telling = own.Where(v => v.Outcome == (undetermined ? VerdictOutcome.Inconclusive : VerdictOutcome.NotSatisfied)).ToArray();
        var reason = telling.MinBy(v => ReasonOrder.PlaceOf(v.Reason))!.Reason;
        return (reason, own.Length == 1
            ? own[0].Message
            : $"Rule '{rule}' requires an {attestation}: {string.Join("; ", telling.Select(v => Clause(v.Message)))}.");
    }

    /// <summary>Every authority has a signer, but there are too few of them between them.</summary>
    private static (DecisionReason Reason, string Message) Shortfall(
        string rule, Requirement requirement, ImmutableArray<AuthorityVerdict> verdicts, bool undetermined)
    {
        var signers = verdicts.SelectMany(v => v.SignerIds).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var found = signers.Length == 0 ? "no signer" : $"only {string.Join(", ", signers)}";
        if (undetermined)
        {
            var unread = verdicts.Select(v => v.Unread).OfType<EvidenceGap>().MinBy(u => ReasonOrder.PlaceOf(u.Reason))!;
            return (unread.Reason, $"Rule '{rule}' requires {requirement}; found {found}, and not everything could be read: {Sentence(unread.Detail)}");
        }

        return (
            DecisionReason.NoSignature,
            $"Rule '{rule}' requires {requirement}; found {found}: have it signed by more of the distinct signers that the rule names.");
    }

    /// <summary>The text, and that <paramref name="ended"/> does not help any more; once, also where a ledger kept the text with it.</summary>
    public static string WithEnded(string text, PolicyExemption? ended)
    {
        var clause = ended is null ? "" : $"; exception '{ended.Name}' of {ended.Owner} ended at {Shown.Time(ended.Expires)}.";
        return ended is null || text.EndsWith(clause, StringComparison.Ordinal) ? text : Clause(text) + clause;
    }

    /// <summary>The text without its full stop, to be followed by more.</summary>
    public static string Clause(string text) => text.TrimEnd('.', ' ');

    /// <summary>The text with one full stop.</summary>
    public static string Sentence(string text) => Clause(text) + ".";
}
