using System.Text;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>
/// The log entry of a legacy signature: the annotation <c>dev.sigstore.cosign/bundle</c>, a Rekor v1 entry with a promise and no proof
/// (verification.md sections 1.1 and 1.2).
/// </summary>
internal static class LegacyLogEntry
{
    private const int KeyIdBytes = 32;

    /// <exception cref="EvidenceFormatException">It is not such an entry.</exception>
    public static LogEntry Read(string annotation)
    {
        var bundle = StrictJson.Parse(Encoding.UTF8.GetBytes(annotation));
        // check: legacy-log-members
        bundle.Only("SignedEntryTimestamp", "Payload");
        var payload = bundle.Required("Payload");
        // check: legacy-log-payload-members
        payload.Only("body", "integratedTime", "logIndex", "logID");
        var body = payload.Required("body").Bytes(VerificationLimits.MaxBundleBytes);
        // Kind and version stand in the body alone here.
        var inside = StrictJson.Parse(body);
        return new LogEntry(
            payload.Required("logIndex").Count(),
            KeyId(payload.Required("logID")),
            inside.Required("kind").Text(),
            inside.Required("apiVersion").Text(),
            payload.Required("integratedTime").Count(),
            bundle.Required("SignedEntryTimestamp").Bytes(VerificationLimits.MaxSignatureBytes),
            Proof: null,
            body);
    }

    private static byte[] KeyId(StrictNode logId)
    {
        var text = logId.Text();
        // check: legacy-log-id
        if (text.Length != 2 * KeyIdBytes || text.AsSpan().IndexOfAnyExcept("0123456789abcdef") >= 0)
        {
            throw logId.Wrong($"is {Shown.Text(text)}, not {KeyIdBytes} bytes in lower-case hexadecimal");
        }

        return Convert.FromHexString(text);
    }
}
