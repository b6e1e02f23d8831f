using System.Text;
using System.Text.Json;
using NodeGate.Fuzz.Engine;
using NodeGate.Webhook;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Fuzz.Targets.Webhook;

/// <summary>
/// The docker configuration in a pull secret. Oracles: only FormatException is thrown, and it quotes no secret; entries are bounded, and each has an address that stands in the
/// content.
/// </summary>
internal sealed class PullSecretTarget : IFuzzTarget
{
    public string Name => "pull-secret";

    public IReadOnlyList<Type> Parsers => [typeof(DockerSecret)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """{"auths":{"ghcr.io":{"auth":"dXNlcjpzM2NyM3Q="},"https://index.docker.io/v1/":{"username":"hub","password":"s3cr3t-hub"},"*.example:5000/team":{"identitytoken":"s3cr3t-token"}}}""",
        """{"ghcr.io":{"auth":"dXNlcjpzM2NyM3Q"},"x@y":{},"auths":{"z":{"username":"u"}}}""",
        """{"auths":{"a":{"auth":"s3cr3t"},"b":null,"c":"s3cr3t"}}""");

    public string Check(byte[] input) => $"{Read(input, "dockerconfigjson")}, {Read(input, "dockercfg")}";

    private static string Read(byte[] input, string type)
    {
        using var secret = JsonDocument.Parse($$$"""{"type":"kubernetes.io/{{{type}}}","data":{".{{{type}}}":"{{{Convert.ToBase64String(input)}}}"}}""");
        try
        {
            var entries = DockerSecret.Read(secret.RootElement);
            FuzzFailure.Unless(entries.Length <= WebhookLimits.MaxPullSecretEntries, "entries are bounded");
            FuzzFailure.Unless(entries.All(e => !e.Credential.ToString().Contains("s3cr3t", StringComparison.Ordinal)), "a credential shows nothing of itself");
            return $"{Outcome.Magnitude(entries.Length)} entries";
        }
        catch (FormatException e)
        {
            FuzzFailure.Unless(!e.Message.Contains("s3cr3t", StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(e.Message) < 300, "no message quotes a secret");
            return Outcome.Refused(e.Message);
        }
    }
}
