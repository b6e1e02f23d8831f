using System.Text.RegularExpressions;
using NodeGate.Host.Configuration;
using NodeGate.Host.Daemon;
using NodeGate.Host.Trust;
using NodeGate.Policy;
using NodeGate.Testing.Files;
using NodeGate.Testing.RealParts;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Host.Tests;

/// <summary>The files below daemonset/ that a cluster begins with, read as the executable reads them.</summary>
public sealed class ShippedConfigurationTests
{
    private static readonly string Webhook = Path.Combine(Tools.Repository, "daemonset", "webhook");

    [Theory]
    [InlineData("base")]
    [InlineData("self-signed")]
    public void Load_WebhookConfiguration_IsValid(string folder)
    {
        var config = Load(folder);

        Assert.Equal(new HostPort("0.0.0.0", 8443), config.Webhook.Listen);
        Assert.Equal(PinMode.Pods, config.Webhook.Pin);
        Assert.InRange(config.Webhook.Deadline, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9));
        // Left open: from the API server where the pod has a token, else from nowhere.
        Assert.Null(config.Webhook.Credentials);
        Assert.Empty(config.UnusedKeys);
    }

    [Fact]
    public void Load_KeysOnThePage_AreAllAndTheDefaults()
    {
        var block = File.ReadLines(Path.Combine(Webhook, "README.md"))
            .SkipWhile(line => line != "    webhook:").TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal))
            .Select(line => Regex.Replace(line[4..], "^  # (?=[a-zA-Z]+: )", "  "));
        using var folder = new ScratchFolder();
        File.WriteAllLines(folder.At("config.yaml"), ["apiVersion: nodegate.dev/v1", "kind: NodeGateConfig", .. block]);

        var loaded = ConfigLoader.Load(folder.At("config.yaml"));

        Assert.Empty(loaded.Errors);
        var (page, defaults) = (loaded.Config!.Webhook, new WebhookConfig());
        Assert.Equal((defaults.Listen, defaults.Deadline, defaults.Pin), (page.Listen, page.Deadline, page.Pin));
        Assert.Equal(["Rollout", "Pipeline"], page.Resources.Select(resource => resource.Kind));
        Assert.All<string?>([page.Certificate, page.Key, page.ClientCa, page.DockerConfig], Assert.NotNull);
        Assert.Equal(WebhookCredentials.PullSecrets, page.Credentials);
    }

    [Fact]
    public void Load_BothWaysToACertificate_DifferInNothingElse()
    {
        var (files, own) = (Load("base"), Load("self-signed"));

        Assert.NotNull(files.Webhook.Certificate);
        Assert.NotNull(own.Webhook.SelfSigned);
        Assert.Equal(files.Webhook with { Certificate = null, Key = null }, own.Webhook with { SelfSigned = null });
        Assert.Equal(
            (files.Policy, files.State, files.Audit, files.Registry.CertsDir, files.Registry.Timeout, files.Cache),
            (own.Policy, own.State, own.Audit, own.Registry.CertsDir, own.Registry.Timeout, own.Cache));
    }

    [Fact]
    public void Load_PolicyToBeginWith_JudgesEverythingInAuditMode()
    {
        var loaded = new PolicyFolder(Path.Combine(Webhook, "base", "policy.yaml"), new TufTrustStore("/nonexistent", TimeProvider.System)).Load();

        Assert.Empty(loaded.Errors);
        Assert.Equal((PolicyMode.Audit, UnmatchedAction.Deny), (loaded.Model!.Mode, loaded.Model.Unmatched));
    }

    private static NodeGateConfig Load(string folder)
    {
        var loaded = ConfigLoader.Load(Path.Combine(Webhook, folder, "config.yaml"));
        Assert.Empty(loaded.Errors);
        return loaded.Config!;
    }
}
