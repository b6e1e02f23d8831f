using System.Text.Json;
using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.PolicyTesting;

/// <summary>Audit mode for some namespaces: they go on as before, and the audit log says what to do before it ends.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class AuditModeTests(FlowWorld world)
{
    [RealPartFact("root", "containerd", "runc", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Query_WouldDeny_ListsWhatTheTrialNamespacesPulled()
    {
        var node = await world.NodeAsync("2.1");
        var registry = await world.RegistryAsync();
        var (often, once, signed) = (world.NewRepository(), world.NewRepository(), world.NewRepository());
        foreach (var repository in new[] { often, once })
        {
            await registry.AddImageAsync(repository, "1");
        }

        registry.AddLegacySignature(signed, await registry.AddImageAsync(signed, "1"), world.Team);
        await using var gate = await node.StartGateAsync(await world.PolicyAsync($$"""
              - {name: trial, images: ["{{registry.Host}}/**"], namespaces: {include: ["trial-*"]}, mode: audit, require: {anyOf: [team]} }
            """));
        using var cri = gate.Cri();

        var refused = await cri.TryPullImageAsync($"{registry.Host}/{often}:1", new CriPod("web", "prod"));
        var none = await QueryAsync(gate);
        foreach (var (repository, @namespace) in new[] { (often, "trial-a"), (once, "trial-a"), (often, "trial-b"), (signed, "trial-a") })
        {
            await cri.PullImageAsync($"{registry.Host}/{repository}:1", new CriPod("web", @namespace));
        }

        var found = await QueryAsync(gate);
        var groups = await QueryAsync(gate, "--event", "pull", "--output", "json");
        var verified = await NodeGateCommand.RunAsync("audit", "verify", "--config", gate.ConfigFile);

        Assert.StartsWith($"SignatureValidationFailed: {registry.Host}/{often}:1: NoSignature: ", refused.StatusMessage, StringComparison.Ordinal);
        Assert.True(none.ExitCode == 0, none.ToString());
        Assert.True(found.ExitCode == 1, found.ToString());
        Assert.Contains($"2 × {registry.Host}/{often}:1: Denied (NoSignature)", (await QueryAsync(gate, "--event", "pull")).StandardOutput, StringComparison.Ordinal);
        var listed = groups.StandardOutput.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(
            [($"{registry.Host}/{often}:1", 2, "trial-a,trial-b"), ($"{registry.Host}/{once}:1", 1, "trial-a")],
            listed.Select(g => (
                g.GetProperty("image").GetString()!,
                g.GetProperty("count").GetInt32(),
                string.Join(',', g.GetProperty("namespaces").EnumerateArray().Select(n => n.GetString())))));
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    private static Task<CommandResult> QueryAsync(NodeGateProcess gate, params string[] arguments) =>
        NodeGateCommand.RunAsync(["audit", "query", "--config", gate.ConfigFile, "--would-deny", .. arguments]);
}
