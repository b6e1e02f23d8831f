using System.Text;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Verification;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Strict;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>
/// Bodies of log entries of each kind, and a legacy entry around them. Oracle: a second JSON reader finds signature and verifier where the kind
/// has them. Malformed entries have brought down real logs and clients (CVE-2023-33199, CVE-2026-23831).
/// </summary>
internal sealed class LogEntryBodyTarget : IFuzzTarget
{
    private static readonly LogEntryKind[] Kinds = [LogEntryKind.HashedRekord, LogEntryKind.Rekord, LogEntryKind.Dsse, LogEntryKind.InToto, LogEntryKind.InTotoV1];

    public string Name => "log-entry-body";

    public IReadOnlyList<Type> Parsers => [typeof(LogEntryBody), typeof(StatedHash), typeof(LegacyLogEntry)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """{"apiVersion":"0.0.1","kind":"rekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"00"}},"signature":{"content":"AAEC","format":"x509","publicKey":{"content":"LS0t"}}}}""",
        """{"apiVersion":"0.0.2","kind":"intoto","spec":{"content":{"envelope":{"payloadType":"a/b","signatures":[{"publicKey":"LS0t","sig":"QUFFQw=="}]},"hash":{"algorithm":"sha256","value":"00"},"payloadHash":{"algorithm":"sha512","value":"00"}}}}""",
        """{"apiVersion":"0.0.1","kind":"intoto","spec":{"content":{"hash":{"algorithm":"sha384","value":"00"}},"publicKey":"LS0t"}}""",
        """{"SignedEntryTimestamp":"AAEC","Payload":{"body":"eyJhcGlWZXJzaW9uIjoiMC4wLjEiLCJraW5kIjoicmVrb3JkIiwic3BlYyI6e319","integratedTime":1748779200,"logIndex":7,"logID":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}""");

    public string Check(byte[] input)
    {
        var tree = JsonReference.Read(input, VerificationLimits.MaxJsonDepth);
        return string.Join(" | ", Kinds.Select(kind => Read(() => CheckBody(input, tree, kind))).Append(Read(() => CheckLegacy(input, tree))));
    }

    private static string Read(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (EvidenceFormatException e)
        {
            return Outcome.Shape(e.Message);
        }
    }

    private static string CheckBody(byte[] input, object? tree, LogEntryKind kind)
    {
        var body = LogEntryBody.Read(StrictJson.Parse(input), kind);
        var spec = JsonTree.At(tree, "spec");
        var verifier = JsonTree.Text(spec, "signature", "publicKey", "content") ?? JsonTree.Text(spec, "signatures", 0, "verifier")
            ?? JsonTree.Text(spec, "content", "envelope", "signatures", 0, "publicKey") ?? JsonTree.Text(spec, "publicKey");
        FuzzFailure.UnlessEqual(Encoding.UTF8.GetString(Convert.FromBase64String(verifier!)), body.Verifier, "two readers find the same verifier");
        var signature = JsonTree.Text(spec, "signature", "content") ?? JsonTree.Text(spec, "signatures", 0, "signature")
            ?? (JsonTree.Text(spec, "content", "envelope", "signatures", 0, "sig") is { } twice ? Encoding.ASCII.GetString(Convert.FromBase64String(twice)) : null);
        FuzzFailure.UnlessEqual(signature, body.Signature is null ? null : Convert.ToBase64String(body.Signature), "two readers find the same signature");
        return kind.Name;
    }

    private static string CheckLegacy(byte[] input, object? tree)
    {
        var entry = LegacyLogEntry.Read(Encoding.UTF8.GetString(input));
        FuzzFailure.UnlessEqual(JsonTree.Text(tree, "Payload", "body"), Convert.ToBase64String(entry.Body), "two readers find the same body");
        FuzzFailure.UnlessEqual(JsonTree.Text(tree, "Payload", "logID"), Convert.ToHexStringLower(entry.LogKeyId), "two readers find the same log");
        return "legacy entry";
    }
}
