using System.Net.Sockets;
using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Harness;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>kubelet-observed.md section 3: the daemon or containerd goes away and comes back under a kubelet.</summary>
[Collection(KubeletDefinition.Name)]
public sealed class DaemonTests(KubeletWorld world)
{
    private readonly KubeletPod _pod = new("web", "prod");

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task RestartAsync_AfterKill_ReplacesTheStaleSocketAndTheKubeletReconnects(string version)
    {
        var (image, _) = await world.PushAsync();
        await using var gate = await world.StartGateAsync(version);
        using var kubelet = new KubeletClient(gate.SocketPath);
        var start = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);

        await gate.KillAsync();
        Assert.True(File.Exists(gate.SocketPath));
        // A connection that the kernel had queued for the killed process ends otherwise; the next ones are refused.
        await Eventually.TrueAsync("connections are refused", async () => await ConnectErrorAsync(gate) == SocketError.ConnectionRefused);
        await gate.RestartAsync();

        Assert.Equal(0, (await kubelet.ImageFsInfoAsync()).Status);
        var again = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);
        Assert.Equal((null, start.ForUser?.Id), (again.Pull, again.ForUser?.Id));
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StopAsync_Sigterm_TakesTheSocketAwayAndSaysSo(string version)
    {
        await using var gate = await world.StartGateAsync(version);
        using var kubelet = new KubeletClient(gate.SocketPath);
        Assert.Equal(0, (await kubelet.ImageFsInfoAsync()).Status);

        await gate.StopAsync();

        Assert.False(File.Exists(gate.SocketPath));
        Assert.NotNull(await ConnectErrorAsync(gate));
        Assert.Equal("stop", gate.AuditLines()[^1].GetProperty("event").GetString());
        await gate.RestartAsync();
        Assert.Equal(0, (await kubelet.ImageFsInfoAsync()).Status);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StopAsync_SigtermAsSoonAsTheSocketIsThere_EndsInOrder(string version)
    {
        await using var gate = await world.StartGateAsync(version);

        await gate.StopAsync();

        Assert.Equal(0, await gate.WaitForExitAsync());
        Assert.False(File.Exists(gate.SocketPath));
        Assert.Equal("stop", gate.AuditLines()[^1].GetProperty("event").GetString());
    }

    [RealPartFact("root", "containerd-2.1", "busybox", "nodegate")]
    public async Task StopAsync_SigtermDuringASlowPull_AnswersItBeforeTheEnd()
    {
        var (slow, _) = await world.PushAsync();
        var registry = await world.RegistryAsync();
        await using var gate = await world.StartGateAsync("2.1");
        using var kubelet = new KubeletClient(gate.SocketPath);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        registry.Intercept = async context =>
        {
            if (asked.TrySetResult())
            {
                // Longer than command line libraries let a process live after SIGTERM.
                await Task.Delay(TimeSpan.FromSeconds(3), context.RequestAborted);
            }

            return false;
        };
        try
        {
            var pull = kubelet.PullAsync(_pod, slow);
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

            await gate.StopAsync();

            Assert.Equal(0, (await pull).Status);
            Assert.Equal(0, await gate.WaitForExitAsync());
            Assert.Equal(["start", "pull", "stop"], gate.AuditLines().Select(line => line.GetProperty("event").GetString()));
        }
        finally
        {
            registry.Intercept = null;
        }
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task Launch_SocketInUse_IsRefusedAndLeavesTheOwnerAlone(string version)
    {
        var owner = await world.GateAsync(version);
        using var kubelet = new KubeletClient(owner.SocketPath);
        await using var second = NodeGateProcess.Launch(new NodeGateSetup
        {
            Upstream = (await world.ContainerdAsync(version)).SocketPath,
            Policy = await world.PolicyAsync(""),
            Config = $$"""
                apiVersion: nodegate.dev/v1
                kind: NodeGateConfig
                listen: unix://{{owner.SocketPath}}
                upstream: unix://{upstream}
                policy: {folder}/policy.d
                state: {folder}/state
                audit: {path: "{folder}/audit.jsonl"}
                metrics: {listen: null}
                """,
        });

        Assert.Equal(2, await second.WaitForExitAsync());

        Assert.Contains(Path.ChangeExtension(owner.SocketPath, null), second.Log(), StringComparison.Ordinal);
        Assert.Contains("is in use", second.Log(), StringComparison.Ordinal);
        Assert.Equal(0, (await kubelet.ImageFsInfoAsync()).Status);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task ImageFsInfo_ContainerdDownAtStart_IsHeldUntilItIsUp(string version)
    {
        var containerd = await world.ContainerdAsync(version);
        var (image, _) = await world.PushAsync();
        await containerd.StopAsync();
        await using var gate = await world.StartGateAsync(version);
        using var kubelet = new KubeletClient(gate.SocketPath);

        var info = kubelet.ImageFsInfoAsync(KubeletClient.StartTimeout);
        var status = kubelet.StatusBeforeAsync(_pod, image);
        var started = TimeProvider.System.GetTimestamp();
        var impatient = await kubelet.ImageFsInfoAsync("1500m");
        var waited = TimeProvider.System.GetElapsedTime(started);

        Assert.Contains(impatient.Status, (int[])[4, 14]);
        Assert.InRange(waited, TimeSpan.FromSeconds(1.3), TimeSpan.FromSeconds(15));
        Assert.False(info.IsCompleted);
        Assert.False(status.IsCompleted);
        await containerd.RestartAsync();
        Assert.Equal(0, (await info).Status);
        Assert.Null(await status);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task Call_ContainerdKilledUnderALiveConnection_GoesOnOverTheSameConnection(string version)
    {
        var containerd = await world.ContainerdAsync(version);
        var (image, _) = await world.PushAsync();
        await using var gate = await world.StartGateAsync(version);
        using var kubelet = new KubeletClient(gate.SocketPath);
        var start = await kubelet.StartContainerAsync(_pod, image, PullPolicy.IfNotPresent);

        await containerd.KillAsync();
        var held = kubelet.ImageFsInfoAsync();
        var heldStatus = kubelet.StatusForUserAsync(image);
        await containerd.RestartAsync();

        Assert.Equal(0, (await held).Status);
        Assert.Equal((start.ForUser?.Id, 1000L), ((await heldStatus)?.Id, start.ForUser?.Uid));
        var other = await world.PushAsync();
        Assert.Null((await kubelet.StartContainerAsync(_pod, other.Name, PullPolicy.IfNotPresent)).Failure);
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_SlowRegistry_DoesNotBlockImageStatus(string version)
    {
        var (slow, _) = await world.PushAsync();
        var (present, _) = await world.PushAsync();
        var registry = await world.RegistryAsync();
        using var kubelet = new KubeletClient((await world.GateAsync(version)).SocketPath);
        await kubelet.StartContainerAsync(_pod, present, PullPolicy.IfNotPresent);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        registry.Intercept = async context =>
        {
            if (context.Request.Path.Value!.Contains(slow[(slow.IndexOf('/') + 1)..] + "/", StringComparison.Ordinal))
            {
                asked.TrySetResult();
                await answer.Task.WaitAsync(context.RequestAborted);
            }

            return false;
        };
        try
        {
            var pull = kubelet.PullAsync(_pod, slow);
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

            for (var sync = 0; sync < 5; sync++)
            {
                Assert.Equal(1000, (await kubelet.StatusBeforeAsync(_pod, present))?.Uid);
                Assert.Equal(0, (await kubelet.ImageFsInfoAsync()).Status);
            }

            Assert.False(pull.IsCompleted);
            answer.SetResult();
            Assert.Equal(0, (await pull).Status);
        }
        finally
        {
            answer.TrySetResult();
            registry.Intercept = null;
        }
    }

    [RealPartTheory("root", "containerd", "busybox", "nodegate")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_RegistryNeverAnswers_IsEndedByTheGateItself(string version)
    {
        var (silent, _) = await world.PushAsync();
        var registry = await world.RegistryAsync();
        var containerd = await world.ContainerdAsync(version);
        await using var gate = await NodeGateProcess.StartAsync(new NodeGateSetup
        {
            Upstream = containerd.SocketPath,
            Policy = await world.PolicyAsync(""),
            Config = $$"""
                apiVersion: nodegate.dev/v1
                kind: NodeGateConfig
                listen: unix://{folder}/n.sock
                upstream: unix://{upstream}
                policy: {folder}/policy.d
                state: {folder}/state
                audit: {path: "{folder}/audit.jsonl"}
                registry: {certsDir: "{{containerd.CertsDir}}", timeout: 1s}
                metrics: {listen: null}
                """,
        });
        using var kubelet = new KubeletClient(gate.SocketPath);
        registry.Intercept = async context =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        try
        {
            var reply = await kubelet.PullAsync(_pod, silent).WaitAsync(TimeSpan.FromSeconds(30));

            Assert.Equal(2, reply.Status);
            Assert.StartsWith($"RegistryUnavailable: {silent}:latest: ", reply.StatusMessage, StringComparison.Ordinal);
            Assert.Null(await containerd.TargetOfAsync(silent + ":latest"));
        }
        finally
        {
            registry.Intercept = null;
        }
    }

    // A client of its own: a live one may not have noticed yet, and then says something else first.
    private static async Task<SocketError?> ConnectErrorAsync(NodeGateProcess gate)
    {
        using var kubelet = new KubeletClient(gate.SocketPath);
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => kubelet.ImageFsInfoAsync());
        return (fault.InnerException as SocketException)?.SocketErrorCode;
    }
}
