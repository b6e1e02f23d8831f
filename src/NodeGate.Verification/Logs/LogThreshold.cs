using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>Step <c>logThreshold</c>: enough logs have the entry. Logs of one operator are one voice (CVE-2026-49834).</summary>
internal static class LogThreshold
{
    /// <param name="entries">The entries that came with the signature.</param>
    /// <param name="verified">Those of known logs, all verified.</param>
    /// <param name="root">The trust root.</param>
    /// <param name="required">How many operators are asked for; 0: none.</param>
    public static Finding<ImmutableArray<VerifiedLogEntry>> Check(
        ImmutableArray<LogEntry> entries, ImmutableArray<VerifiedLogEntry> verified, TrustRoot root, int required)
    {
        var places = verified.Select(e => (e.Log, e.Index)).Distinct().Count();
        // check: log-duplicate
        if (places != verified.Length)
        {
            return Invalid("the same entry of a log is there twice");
        }

        var operators = verified.Select(e => e.Log.Operator).Distinct(StringComparer.Ordinal).ToList();
        // check: log-threshold
        if (operators.Count < required)
        {
            return Invalid(TooFew(entries, operators, root, required));
        }

        return Finding.Pass(
            verified, operators.Count == 0 ? "none, and none is asked for" : $"{operators.Count} of {required} asked for: {Names(operators)}");
    }

    private static string TooFew(ImmutableArray<LogEntry> entries, List<string> operators, TrustRoot root, int required)
    {
        var wanted = $"{required} {(required == 1 ? "log has" : "logs of different operators have")} to have an entry for the signature; ";
        if (entries.IsEmpty)
        {
            return wanted + "it came with none";
        }

        return operators.Count > 0
            ? wanted + $"only {Names(operators)} did"
            : wanted + $"its entries are of {string.Join(", ", entries.Take(4).Select(e => Convert.ToHexStringLower(e.LogKeyId)))}, which the trust root "
                + $"{root.Revision} does not have (it has {Known(root)}); use the trust root of the instance that logged it, or update this one";
    }

    private static string Known(TrustRoot root) => root.TransparencyLogs.IsEmpty
        ? "no logs at all"
        : string.Join(", ", root.TransparencyLogs.Take(4).Select(l => $"{Shown.Text(l.BaseUrl)} {Convert.ToHexStringLower(l.KeyId)}"));

    private static string Names(List<string> operators) => string.Join(", ", operators.Take(4).Select(Shown.Text));

    private static Finding<ImmutableArray<VerifiedLogEntry>> Invalid(string detail) =>
        Finding.Fail<ImmutableArray<VerifiedLogEntry>>(DecisionReason.LogEntryInvalid, detail);
}
