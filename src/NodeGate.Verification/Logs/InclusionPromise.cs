using System.Text;
using NodeGate.Oci;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>The signed entry timestamp of Rekor v1 (verification.md section 2.3): the log's promise, and the only time that a log signs.</summary>
internal static class InclusionPromise
{
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Step <c>inclusionPromise</c>: the time at which the log took the entry.</summary>
    public static Finding<DateTimeOffset?> Check(LogEntry entry, byte[] signedEntryTimestamp, TransparencyLog log)
    {
        // check: promise-signature
        if (!log.Key.Verifies(SignedText(entry), signedEntryTimestamp))
        {
            return Invalid($"the promise is not signed by the log's key {log.Key.Fingerprint} for this body, time and index");
        }

        // check: promise-time
        if (entry.IntegratedTime > LastSecond)
        {
            return Invalid($"the promise's time {entry.IntegratedTime} is none");
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(entry.IntegratedTime);
        // check: promise-log-validity
        if (!log.ValidFor.Contains(time))
        {
            return Invalid($"the promise is of {Shown.Time(time)}; the log's key is good {log.ValidFor}");
        }

        return Finding.Pass<DateTimeOffset?>(time, $"logged at {Shown.Time(time)}");
    }

    /// <summary>Canonical JSON; nothing in it needs to be escaped.</summary>
    private static byte[] SignedText(LogEntry entry) => Encoding.ASCII.GetBytes(
        $"{{\"body\":\"{Convert.ToBase64String(entry.Body)}\",\"integratedTime\":{entry.IntegratedTime},"
        + $"\"logID\":\"{Convert.ToHexStringLower(entry.LogKeyId)}\",\"logIndex\":{entry.LogIndex}}}");

    private static Finding<DateTimeOffset?> Invalid(string detail) => Finding.Fail<DateTimeOffset?>(DecisionReason.LogEntryInvalid, detail);
}
