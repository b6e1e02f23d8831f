using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Node;

/// <summary>containerd's image-verifier plugin with packaging's own script: pulls that never pass NodeGate's socket (cri.md section 3.1).</summary>
[Collection(FlowsDefinition.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class VerifierPluginTests(FlowWorld world)
{
    [RealPartFact("root", "containerd-2.1", "runc", "docker-registry", "crane", "busybox", "nodegate")]
    public async Task CtrPull_VerifierInstalled_IsJudgedByTheDaemonAndBlockedWithoutIt()
    {
        await using var node = await ScanNode.StartAsync(world, "2.1");
        await using var gate = await node.StartGateAsync();
        var (signed, unsigned) = (await node.PushAsync(isSigned: true), await node.PushAsync(isSigned: false));
        Install(node.Containerd, gate);

        var blocked = await PullAsync(node.Containerd, unsigned);
        Assert.NotEqual(0, blocked.ExitCode);
        Assert.Contains("NoSignature", blocked.ToString(), StringComparison.Ordinal);
        Assert.Null(await node.Containerd.TargetOfAsync(unsigned));
        Assert.Equal(0, (await PullAsync(node.Containerd, signed)).ExitCode);

        // NodeGate's own pulls reach the same plugin: it must not stop what the gate has just admitted.
        using var cri = gate.Cri();
        var own = await node.PushAsync(isSigned: true);
        Assert.Equal(0, (await cri.TryPullImageAsync(own, new CriPod("web", "prod-a"))).Status);

        await gate.StopAsync();
        var away = await PullAsync(node.Containerd, await node.PushAsync(isSigned: true));
        Assert.NotEqual(0, away.ExitCode);
        Assert.Contains("not running", away.ToString(), StringComparison.Ordinal);
    }

    private static Task<CommandResult> PullAsync(ContainerdProcess containerd, string reference) =>
        containerd.CtrAsync("images", "pull", "--plain-http", reference);

    /// <summary>The script as it is delivered, with its two lines changed as it says.</summary>
    private static void Install(ContainerdProcess containerd, NodeGateProcess gate)
    {
        var script = File.ReadAllText(Path.Combine(Tools.Repository, "packaging", "containerd", "nodegate-verifier"));
        Assert.Contains("NODEGATE=/usr/local/bin/nodegate\nCONTROL=/run/nodegate/nodegate-control.sock\n", script, StringComparison.Ordinal);
        Directory.CreateDirectory(containerd.VerifierFolder);
        var file = Path.Combine(containerd.VerifierFolder, "nodegate-verifier");
        File.WriteAllText(file, script
            .Replace("=/usr/local/bin/nodegate", "=" + NodeGateCommand.Executable, StringComparison.Ordinal)
            .Replace("=/run/nodegate/nodegate-control.sock", "=" + gate.SocketPath.Replace(".sock", "-control.sock", StringComparison.Ordinal), StringComparison.Ordinal));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
