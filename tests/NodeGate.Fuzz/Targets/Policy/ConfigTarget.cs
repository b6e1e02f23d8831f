using System.Globalization;
using NodeGate.Fuzz.Engine;
using NodeGate.Host.Configuration;
using NodeGate.Policy;

namespace NodeGate.Fuzz.Targets.Policy;

/// <summary>The daemon's configuration, and its durations and sizes. Oracles: never an exception; a configuration or errors, the same each time; a size is its number times its unit.</summary>
internal sealed class ConfigTarget : IFuzzTarget
{
    public string Name => "config";

    public IReadOnlyList<Type> Parsers => [typeof(ConfigLoader), typeof(ConfigSection), typeof(Quantity)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """
        apiVersion: nodegate.dev/v1
        kind: NodeGateConfig
        listen: unix:///run/nodegate/nodegate.sock
        upstream: unix:///run/containerd/containerd.sock
        policy: /etc/nodegate/policy.d
        state: /var/lib/nodegate
        audit: {path: /var/log/nodegate/audit.jsonl, maxBytes: 100MiB, keep: 10}
        registry: {certsDir: /etc/containerd/certs.d, timeout: 30s, plainHttp: ["127.0.0.1:5000"]}
        cache: {admittedFor: 24h, deniedFor: 1m30s}
        metrics: {listen: 127.0.0.1:9464}
        telemetry: {otlp: null}
        webhook: {listen: "0.0.0.0:8443", certificate: /a, key: /b, deadline: 8s}
        """,
        "1h30m", "1.5d", "500ms", "2GiB", "100KB", "42");

    public string Check(byte[] input)
    {
        var text = Text.Latin(input);
        var size = Quantity.TryParseSize(text, out var bytes);
        var duration = Quantity.TryParseDuration(text, out var time);
        FuzzFailure.Unless(!size || bytes > 0, "a size is positive");
        FuzzFailure.Unless(!size || bytes % long.Parse(text.TakeWhile(char.IsAsciiDigit).ToArray(), CultureInfo.InvariantCulture) == 0, "a size is a multiple of its number");
        FuzzFailure.Unless(!duration || (time > TimeSpan.Zero && time <= TimeSpan.FromDays(3650)), "a duration is positive and at most ten years");
        var result = ConfigLoader.Parse(new PolicyFile("config.yaml", input));
        var again = ConfigLoader.Parse(new PolicyFile("config.yaml", input));
        FuzzFailure.Unless(result.Config is null == result.Errors.Count > 0, "there is a configuration or an error");
        FuzzFailure.Unless(result.Errors.SequenceEqual(again.Errors), "the same file has the same errors");
        return $"size {size}, duration {duration}, {(result.Config is null ? Outcome.Refused(result.Errors[0].ToString()) : "config")}";
    }
}
