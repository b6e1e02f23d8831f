using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Harness;

/// <summary>The parts behave here as on a node; what is proven of NodeGate rests on it.</summary>
public sealed class ContainerdTests
{
    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task PullImage_FromDockerRegistry_IsPresentUnderItsTag(string version)
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var containerd = await ContainerdProcess.StartAsync(version);
        using var cri = containerd.Cri();
        var reference = registry.Host + "/app:1";
        var digest = await Crane.MakeBusyboxImageAsync(reference, new ImageRecipe { User = "1000" });

        Assert.Contains(version, await cri.VersionAsync(), StringComparison.Ordinal);
        Assert.Null(await cri.ImageStatusAsync(reference));

        var imageRef = await cri.PullImageAsync(reference, new CriPod("web", "prod"));

        var image = await cri.ImageStatusAsync(reference);
        Assert.NotNull(image);
        Assert.Equal(imageRef, image.Id);
        Assert.Equal([reference], image.RepoTags);
        Assert.Equal([registry.Host + "/app@" + digest], image.RepoDigests);
        Assert.Equal(1000, image.Uid);
        Assert.Contains(image.Id, (await cri.ListImagesAsync()).Select(found => found.Id));
        Assert.Contains(reference, (await containerd.CtrAsync("images", "ls", "-q")).EnsureSuccess().Text, StringComparison.Ordinal);
    }

    [RealPartTheory("root", "containerd", "runc", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task StartContainer_OfPulledImage_RunsItsFiles(string version)
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        var pause = await Crane.MakePauseImageAsync(registry.Host);
        await using var containerd = await ContainerdProcess.StartAsync(version, new ContainerdOptions { SandboxImage = pause });
        using var cri = containerd.Cri();
        var reference = registry.Host + "/app:1";
        await Crane.MakeBusyboxImageAsync(reference, new ImageRecipe { Seed = "seed of " + version, User = "1000" });
        var imageRef = await cri.PullImageAsync(reference);
        var pod = new CriPod("web");

        var sandbox = await cri.RunPodSandboxAsync(pod);
        var container = await cri.CreateContainerAsync(sandbox, pod, "app", imageRef, reference);
        await cri.StartContainerAsync(container);

        Assert.Equal(CriContainerState.Running, (await cri.ContainerStatusAsync(container)).State);
        Assert.Equal((0, "seed of " + version), await cri.ExecAsync(container, "/bin/cat", "/seed"));
        Assert.Equal((0, "1000\n"), await cri.ExecAsync(container, "/bin/id", "-u"));
        await cri.RemovePodAsync(sandbox);
        Assert.Empty(await cri.ListPodSandboxesAsync());
    }

    [RealPartTheory("root", "containerd", "docker-registry", "crane", "busybox")]
    [MemberData(nameof(ContainerdVersionsData.All), MemberType = typeof(ContainerdVersionsData))]
    public async Task RestartAsync_AfterKill_KeepsImagesAndSocket(string version)
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var containerd = await ContainerdProcess.StartAsync(version);
        using var cri = containerd.Cri();
        var reference = registry.Host + "/app:1";
        await Crane.MakeBusyboxImageAsync(reference);
        var imageRef = await cri.PullImageAsync(reference);

        await containerd.KillAsync();
        await containerd.RestartAsync();
        await registry.StopAsync();

        Assert.Equal(imageRef, (await cri.ImageStatusAsync(reference))?.Id);
        await Assert.ThrowsAsync<CriException>(() => cri.PullImageAsync(registry.Host + "/app:2"));
        await registry.RestartAsync();
        await cri.PullImageAsync(reference);
    }

    [RealPartFact("root", "containerd-2.1", "docker-registry", "crane", "busybox", "runc")]
    public async Task DisposeAsync_WithKilledContainerdAndRunningPod_LeavesNoProcessAndNoMount()
    {
        await using var registry = await DockerRegistryProcess.StartAsync();
        await using var containerd = await ContainerdProcess.StartAsync("2.1", new ContainerdOptions { SandboxImage = await Crane.MakePauseImageAsync(registry.Host) });
        using var cri = containerd.Cri();
        await cri.RunPodSandboxAsync(new CriPod("left"));
        var folder = Path.GetDirectoryName(containerd.SocketPath)!;
        Assert.NotEmpty(ProcessesNaming(folder));

        await containerd.KillAsync();
        await containerd.DisposeAsync();

        Assert.Empty(ProcessesNaming(folder));
        Assert.DoesNotContain(folder + "/", await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    private static IReadOnlyList<string> ProcessesNaming(string text) =>
        [.. Directory.EnumerateFiles("/proc", "cmdline", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true })
            .Select(file =>
            {
                try
                {
                    return File.ReadAllText(file);
                }
                catch (IOException)
                {
                    return ""; // It ended while we looked.
                }
            })
            .Where(line => line.Contains(text, StringComparison.Ordinal))];
}
