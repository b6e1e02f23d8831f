using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Node;

/// <summary><c>nodegate scan</c> and <c>status</c> on a node that ran without NodeGate before.</summary>
[Collection(FlowsDefinition.Name)]
public sealed class ScanTests(FlowWorld world)
{
    private static readonly CriPod Pod = new("web", "prod-a");

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task Scan_NodeWithImagesOfEveryKind_JudgesEachForThoseWhoUseIt(string version)
    {
        await using var node = await ScanNode.StartAsync(world, version);
        await node.RunAsync(node.Signed, Pod);
        await node.RunAsync(node.Unsigned, new CriPod("web", "prod-b"));
        await using var gate = await node.StartGateAsync();

        var scan = await NodeScan.RunAsync(gate);

        Assert.Equal(1, scan.ExitCode);
        Assert.Equal([("prod-a", "Admitted", "Verified")], scan.Of(node.Signed));
        Assert.Equal([("prod-b", "Denied", "NoSignature")], scan.Of(node.Unsigned));
        Assert.Equal([((string?)null, "Denied", "NoSignature")], scan.Of(node.Unused));
        Assert.NotEqual("Admitted", Assert.Single(node.Smuggled.SelectMany(scan.Of)).Decision);
        Assert.Equal([((string?)null, "Undetermined", "Unauthorized")], scan.Of(node.Private));
        var sandbox = Assert.Single(scan.Rows, row => row.GetProperty("isSandboxImage").GetBoolean());
        Assert.Equal((node.SandboxImage, "AllowedByRule"), (sandbox.GetProperty("image").GetString(), sandbox.GetProperty("reason").GetString()));
        Assert.Single(scan.Of(node.SandboxImage));
        Assert.All(scan.Rows.Where(row => row.GetProperty("decision").GetString() != "Admitted"), row => Assert.NotEmpty(row.GetProperty("message").GetString()!));
        Assert.DoesNotContain(gate.AuditLines(), line => line.GetProperty("event").GetString() is "pull" or "createContainer");

        var onlyA = await NodeScan.RunAsync(gate, "--namespace", "prod-a");
        Assert.Equal((0, 1), (onlyA.ExitCode, onlyA.Rows.Count(row => row.GetProperty("namespace").GetString() == "prod-a")));
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task Scan_FillLedgerThenARebootWithTheRegistryOff_AdmittedPodsStartAndOthersDoNot(string version)
    {
        await using var node = await ScanNode.StartAsync(world, version);
        await node.RunAsync(node.Signed, Pod);
        await node.RunAsync(node.Unsigned, new CriPod("other", "prod-a"));
        await using var gate = await node.StartGateAsync();
        await gate.StopAsync();

        // No daemon runs: the command does it itself, with the daemon's ledger.
        Assert.Equal(1, (await NodeScan.RunAsync(gate, "--fill-ledger")).ExitCode);
        await node.Containerd.StopAsync();
        await node.StopRegistryAsync();
        await node.Containerd.RestartAsync();
        await gate.RestartAsync();

        using var cri = gate.Cri();
        var present = await cri.ImageStatusAsync(node.Signed);
        Assert.NotNull(present);
        Assert.Null(await cri.ImageStatusAsync(node.Unsigned));
        var sandbox = await cri.RunPodSandboxAsync(Pod with { Name = "again" });
        await cri.StartContainerAsync(await cri.CreateContainerAsync(sandbox, Pod with { Name = "again" }, "app", present.Id, node.Signed));
        await cri.RemovePodAsync(sandbox);
    }

    [RealPartFact("root", "containerd-2.1", "runc", "docker-registry", "crane", "busybox", "nodegate")]
    public async Task Status_RunningDaemon_SaysHowItStands()
    {
        await using var node = await ScanNode.StartAsync(world, "2.1");
        await node.RunAsync(node.Signed, Pod);
        await using var gate = await node.StartGateAsync();

        var fine = await NodeGateCommand.RunAsync("status", "--config", gate.ConfigFile);
        Assert.Equal(0, fine.ExitCode);
        Assert.Contains("reachable", fine.Text, StringComparison.Ordinal);
        await gate.LoggedAsync("Pods are started with " + node.SandboxImage);
        using var http = new HttpClient();
        Assert.Contains(
            $"nodegate_sandbox_image_admitted{{image=\"{node.SandboxImage}\",reason=\"AllowedByRule\"}} 1",
            await http.GetStringAsync($"http://127.0.0.1:{gate.MetricsPort}/metrics"),
            StringComparison.Ordinal);
        var doctor = await NodeGateCommand.RunAsync("doctor", "--config", gate.ConfigFile, "--kubelet-config", "/nonexistent");
        Assert.Contains("ok       containerd: containerd ", doctor.Text, StringComparison.Ordinal);
        Assert.Contains("warning  sandbox image: " + node.SandboxImage, doctor.Text, StringComparison.Ordinal);
        Assert.Contains("ok       registry: 127.0.0.1", doctor.Text, StringComparison.Ordinal);
        Assert.Equal(1, doctor.ExitCode);

        gate.WritePolicy("rules: [");
        await gate.LoggedAsync("Policy not loaded");
        var findings = await NodeGateCommand.RunAsync("status", "--config", gate.ConfigFile, "--output", "json");
        Assert.Equal(1, findings.ExitCode);
        Assert.Contains("the policy on disk is not in force", findings.Text, StringComparison.Ordinal);

        await gate.StopAsync();
        var away = await NodeGateCommand.RunAsync("status", "--config", gate.ConfigFile);
        Assert.Equal(2, away.ExitCode);
    }
}
