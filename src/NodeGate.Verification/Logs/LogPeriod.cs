using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>
/// Step <c>transparencyLog</c>: the logs' keys were good when the signature was made. A promise says when, and is judged by that; an inclusion
/// proof does not, so that without this the key of a log that has ended (and may have been lost since) would be good for ever.
/// </summary>
internal static class LogPeriod
{
    public static Finding<bool> Check(ImmutableArray<VerifiedLogEntry> entries, ImmutableArray<DateTimeOffset> times)
    {
        foreach (var log in entries.Select(e => e.Log))
        {
            // check: log-period-time
            if (times.IsEmpty && log.ValidFor.End is not null)
            {
                return Finding.Fail<bool>(
                    DecisionReason.LogEntryInvalid,
                    $"the log {Shown.Text(log.BaseUrl)} is trusted {log.ValidFor}, and nothing says when the signature was made; sign with a timestamp authority");
            }

            var outside = times.Where(t => !log.ValidFor.Contains(t)).ToArray();
            // check: log-period
            if (outside.Length > 0)
            {
                return Finding.Fail<bool>(
                    DecisionReason.LogEntryInvalid,
                    $"the log {Shown.Text(log.BaseUrl)} is trusted {log.ValidFor}, which {Shown.Time(outside[0])} is not within");
            }
        }

        return Finding.Pass(true, $"{entries.Length} entries of logs that were trusted then");
    }
}
