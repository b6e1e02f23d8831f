using System.Text;
using NodeGate.Host.Configuration;
using NodeGate.Policy;
using NodeGate.Webhook.Reviews;

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
        Assert.Equal(("/c.pem", "/k.pem", TimeSpan.FromSeconds(8)), (config.Webhook.Certificate, config.Webhook.Key, config.Webhook.Deadline));
        Assert.Empty(config.UnusedKeys);
    }

    [Fact]
    public void Parse_Webhook_EveryKey()
    {
        var webhook = Loaded(Head + """
            webhook:
              listen: "[::]:9443"
              clientCa: /ca.pem
              deadline: 5s
              pin: all
              credentials: pullSecrets
              dockerConfig: /docker/config.json
              selfSigned: {namespace: nodegate, secret: nodegate-webhook-tls, service: nodegate-webhook, configurations: [nodegate]}
              resources:
                - {group: argoproj.io, kind: Rollout, podSpecs: ["$.spec.template.spec"], images: ["$.spec.steps[*]['the.image']", "spec.images[0]"]}
            """).Webhook;

        Assert.Equal((new HostPort("::", 9443), "/ca.pem", PinMode.All), (webhook.Listen, webhook.ClientCa, webhook.Pin));
        Assert.Equal((WebhookCredentials.PullSecrets, "/docker/config.json"), (webhook.Credentials, webhook.DockerConfig));
        Assert.Equal(("nodegate", "nodegate-webhook-tls", "nodegate-webhook"), (webhook.SelfSigned!.Namespace, webhook.SelfSigned.Secret, webhook.SelfSigned.Service));
        Assert.Equal(["nodegate"], webhook.SelfSigned.Configurations);
        var resource = Assert.Single(webhook.Resources);
        Assert.Equal(("argoproj.io", "Rollout"), (resource.Group, resource.Kind));
        Assert.Equal(["$.spec.template.spec"], resource.PodSpecs.Select(p => p.Text));
        Assert.Equal(["$.spec.steps[*]['the.image']", "spec.images[0]"], resource.Images.Select(p => p.Text));
    }

    [Theory]
    [InlineData("webhook: {certificate: /c.pem}", "webhook.certificate", "both, or neither")]
    [InlineData("webhook: {certificate: c.pem, key: /k.pem}", "webhook.certificate", "absolute path")]
    [InlineData("webhook: {pin: pod}", "webhook.pin", "none, pods, all")]
    [InlineData("webhook: {credentials: dockerConfig}", "webhook.credentials", "docker config.json")]
    [InlineData("webhook: {certificate: /c, key: /k, selfSigned: {namespace: a, secret: b, service: c, configurations: [d]}}", "webhook.selfSigned", "one of the two")]
    [InlineData("webhook: {selfSigned: {namespace: a/b, secret: b, service: c, configurations: [d]}}", "webhook.selfSigned.namespace", "the name of a Kubernetes object")]
    [InlineData("webhook: {selfSigned: {namespace: a, secret: b, service: c}}", "webhook.selfSigned", "configurations")]
    [InlineData("webhook: {resources: [{group: g, images: [$.spec.image]}]}", "webhook.resources[0]", "the kind")]
    [InlineData("webhook: {resources: [{kind: K}]}", "webhook.resources[0]", "$.spec.image")]
    [InlineData("webhook: {resources: [{kind: K, images: [\"$.spec..image\"]}]}", "webhook.resources[0].images", "a path such as")]
    [InlineData("webhook: {resources: [{kind: K, images: [\"$.spec[?(@.x)]\"]}]}", "webhook.resources[0].images", "a path such as")]
    [InlineData("webhook: {resources: [K]}", "webhook.resources", "mappings")]
    public void Parse_WebhookFault_IsNamed(string yaml, string place, string expected) =>
        Assert.Contains(Refused(Head + yaml), e => e.Position.Path == place && e.Expected.Contains(expected, StringComparison.Ordinal));

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
