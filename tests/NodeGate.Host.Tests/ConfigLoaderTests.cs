using System.Text;
using NodeGate.Host.Configuration;
using NodeGate.Policy;

namespace NodeGate.Host.Tests;

public sealed class ConfigLoaderTests
{
    private const string Head = "apiVersion: nodegate.dev/v1\nkind: NodeGateConfig\n";

    [Fact]
    public void Parse_HeadOnly_HasTheDefaultsOfTheContract()
    {
        var config = Loaded(Head);
        Assert.Equal("/run/nodegate/nodegate.sock", config.Listen);
        Assert.Equal("/run/containerd/containerd.sock", config.Upstream);
        Assert.Equal("/etc/nodegate/policy.d", config.Policy);
        Assert.Equal("/var/lib/nodegate", config.State);
        Assert.Equal(("/var/log/nodegate/audit.jsonl", 100L << 20, 10), (config.Audit.Path, config.Audit.MaxBytes, config.Audit.Keep));
        Assert.Equal(("/etc/containerd/certs.d", TimeSpan.FromSeconds(30)), (config.Registry.CertsDir, config.Registry.Timeout));
        Assert.Empty(config.Registry.PlainHttp);
        Assert.Equal((TimeSpan.FromHours(24), TimeSpan.FromSeconds(30)), (config.Cache.AdmittedFor, config.Cache.DeniedFor));
        Assert.Equal(new HostPort("127.0.0.1", 9464), config.MetricsListen);
        Assert.Empty(config.UnusedKeys);
    }

    [Fact]
    public void Parse_TheWholeExampleOfTheContract_IsRead()
    {
        var config = Loaded(Head + """
            listen: unix:///run/nodegate/nodegate.sock
            listenGroup: kube
            upstream: unix:///run/containerd/containerd.sock
            policy: /etc/nodegate/policy.d
            state: /var/lib/nodegate
            audit: {path: /var/log/nodegate/audit.jsonl, maxBytes: 10MiB, keep: 3}
            registry: {certsDir: /etc/containerd/certs.d, timeout: 5s, plainHttp: ["127.0.0.1:5000"]}
            cache: {admittedFor: 12h, deniedFor: 10s}
            metrics: {listen: "[::1]:9465"}
            telemetry: {otlp: null}
            webhook: {listen: 0.0.0.0:8443, certificate: /c.pem, key: /k.pem, deadline: 8s}
            """);
        Assert.Equal("kube", config.ListenGroup);
        Assert.Equal((10L << 20, 3), (config.Audit.MaxBytes, config.Audit.Keep));
        Assert.Equal(["127.0.0.1:5000"], config.Registry.PlainHttp);
        Assert.Equal(new HostPort("::1", 9465), config.MetricsListen);
        Assert.Equal(["webhook"], config.UnusedKeys);
    }

    [Fact]
    public void Parse_MetricsListenNull_ServesNoHealth() => Assert.Null(Loaded(Head + "metrics: {listen: null}\n").MetricsListen);

    [Fact]
    public void Parse_ManyFaults_AreAllNamedWithPlaceFoundAndExpected()
    {
        var errors = Refused("""
            apiVersion: nodegate.dev/v2
            kind: NodeGateConfig
            listne: unix:///x.sock
            upstream: tcp://127.0.0.1:1
            state: relative
            audit: {maxBytes: 10, keep: many}
            registry: [a]
            cache: {admittedFor: forever}
            metrics: {listen: everywhere}
            """);
        Assert.Equal(
            ["apiVersion", "audit.keep", "audit.maxBytes", "cache.admittedFor", "listne", "metrics.listen", "registry", "state", "upstream"],
            errors.Select(e => e.Position.Path).Order(StringComparer.Ordinal));
        Assert.All(errors, e => Assert.Equal("config.yaml", e.Position.File));
        Assert.All(errors, e => Assert.NotEqual(0, e.Position.Line));
        var unknown = errors.Single(e => e.Position.Path == "listne");
        Assert.Equal(("the unknown key 'listne'", "'listen'"), (unknown.Found, unknown.Expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("text")]
    [InlineData("a: 1\n---\nb: 2\n")]
    [InlineData("kind: NodeGateConfig\n")]
    [InlineData(Head + "listen: unix://relative.sock\n")]
    [InlineData(Head + "cache: {deniedFor: 0s}\n")]
    [InlineData(Head + "cache: {unknown: 1}\n")]
    [InlineData(Head + "listen: &a unix:///x\nupstream: *a\n")]
    [InlineData(Head + "listenGroup: \"1000\\0\"\n")]
    [InlineData(Head + "audit: {keep: \"10\\0\"}\n")]
    [InlineData(Head + "metrics: {listen: \"127.0.0.1:9464\\0\"}\n")]
    [InlineData(Head + "metrics: {listen: \"127.0.0.1:65536\"}\n")]
    [InlineData(Head + "policy: \"/etc/nodegate\\n/policy.d\"\n")]
    public void Parse_WhatIsNoConfiguration_IsRefused(string text) => Assert.NotEmpty(Refused(text));

    [Fact]
    public void Parse_SocketPathOfMoreThan107Bytes_IsRefusedAndNamesTheLimit()
    {
        Loaded(Head + $"upstream: unix:///{new string('a', 106)}\n");
        var error = Assert.Single(Refused(Head + $"upstream: unix:///{new string('a', 107)}\n"));
        Assert.Contains("107 bytes", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ListenWithoutRoomForTheControlSocket_IsRefusedAndSaysWhy()
    {
        Loaded(Head + $"listen: unix:///{new string('a', 98)}\n");
        var error = Assert.Single(Refused(Head + $"listen: unix:///{new string('a', 99)}\n"));
        Assert.Contains("99 bytes", error.Expected, StringComparison.Ordinal);
        Assert.Contains("-control.sock", error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("cache: {graceFor: 0s}\n", 0)]
    [InlineData("cache: {graceFor: 72h}\n", 72)]
    public void Parse_GraceFor_IsZeroUnlessSet(string text, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), Loaded(Head + text).Cache.GraceFor);

    [Fact]
    public void Parse_GraceForThatIsNoDuration_IsRefused()
    {
        var error = Assert.Single(Refused(Head + "cache: {graceFor: -1s}\n"));
        Assert.Contains("a duration", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileThatIsNotThere_IsAnErrorThatNamesIt()
    {
        var result = ConfigLoader.Load("/nonexistent/config.yaml");
        Assert.Null(result.Config);
        Assert.Equal("/nonexistent/config.yaml: found no such file; expected a configuration file that can be read", Assert.Single(result.Errors).ToString());
    }

    private static NodeGateConfig Loaded(string text)
    {
        var result = ConfigLoader.Parse(new PolicyFile("config.yaml", Encoding.UTF8.GetBytes(text)));
        Assert.Empty(result.Errors);
        return Assert.IsType<NodeGateConfig>(result.Config);
    }

    private static IReadOnlyList<PolicyError> Refused(string text)
    {
        var result = ConfigLoader.Parse(new PolicyFile("config.yaml", Encoding.UTF8.GetBytes(text)));
        Assert.Null(result.Config);
        return result.Errors;
    }
}
