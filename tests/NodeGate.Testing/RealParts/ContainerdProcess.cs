using System.Globalization;
using System.Net.Sockets;

namespace NodeGate.Testing.RealParts;

/// <summary>A containerd of its own beside any other: own root, state, sockets and configuration. Needs root.</summary>
public sealed class ContainerdProcess : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Snapshotter = new(FindSnapshotterAsync);
    private readonly TestFolder _folder;
    private readonly string _configFile;
    private ChildProcess _process;

    private ContainerdProcess(string version, TestFolder folder, string certsDir, string configFile, ChildProcess process)
    {
        Version = version;
        _folder = folder;
        CertsDir = certsDir;
        _configFile = configFile;
        _process = process;
    }

    /// <summary>1.6, 1.7 or 2.1.</summary>
    public string Version { get; }

    /// <summary>The socket of the CRI and of containerd's own API.</summary>
    public string SocketPath => _folder.At("c.sock");

    /// <summary>Where hosts.toml files are looked for.</summary>
    public string CertsDir { get; }

    /// <summary>Where 2.x looks for image verifiers at each pull of its transfer service; it is not there until a test makes it.</summary>
    public string VerifierFolder => _folder.At("verifiers");

    public int ProcessId => _process.Id;

    public static Task<ContainerdProcess> StartAsync(string version) => StartAsync(version, new ContainerdOptions());

    public static async Task<ContainerdProcess> StartAsync(string version, ContainerdOptions options)
    {
        var folder = TestFolder.Create();
        var certsDir = options.CertsDir ?? folder.Folder("certs.d");
        folder.Folder("cni-bin");
        folder.Folder("cni-conf");
        var config = folder.Write("config.toml", ContainerdConfig.For(version, folder, certsDir, await Snapshotter.Value, options));
        var containerd = new ContainerdProcess(version, folder, certsDir, config, Launch(version, folder, config));
        try
        {
            await containerd.ReadyAsync();
        }
        catch
        {
            await containerd.DisposeAsync();
            throw;
        }

        return containerd;
    }

    /// <summary>A client of this containerd's CRI. The caller disposes it.</summary>
    public CriClient Cri(string api = "runtime.v1") => new(SocketPath, api);

    /// <summary>Runs this version's ctr in the namespace k8s.io.</summary>
    public Task<CommandResult> CtrAsync(params IEnumerable<string> arguments) =>
        Command.RunAsync(Tools.Path("ctr-" + Version), ["-a", SocketPath, "-n", "k8s.io", .. arguments], Environment(Version));

    /// <summary>SIGTERM; pods go on running, as on a node.</summary>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Starts again with the same root, state and socket, stopped or not.</summary>
    public async Task RestartAsync()
    {
        await StartAgainAsync();
        await ReadyAsync();
    }

    /// <summary>As <see cref="RestartAsync"/>, but does not wait until it serves.</summary>
    public async Task StartAgainAsync()
    {
        await _process.StopAsync();
        await _process.DisposeAsync();
        _process = Launch(Version, _folder, _configFile);
    }

    /// <summary>The end of its log, for failure messages.</summary>
    public string Output() => _process.Output();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await RemovePodsAsync();
        }

        await _process.DisposeAsync();
        await KillShimsAsync();
        await RemoveTracesAsync();
        await _folder.DisposeAsync();
    }

    private static ChildProcess Launch(string version, TestFolder folder, string config) =>
        ChildProcess.Start("containerd", Tools.Path("containerd-" + version), ["-c", config, "-l", "info"], folder.Path, Environment(version));

    // containerd looks for its shim, runc's helpers and mount programs on PATH; Debian's users may lack /usr/sbin.
    private static Dictionary<string, string?> Environment(string version)
    {
        var program = Tools.Path("containerd-" + version);
        var target = new FileInfo(program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program;
        return new Dictionary<string, string?>
        {
            ["PATH"] = $"{Path.GetDirectoryName(target)}:{Path.GetDirectoryName(program)}:/usr/sbin:/usr/bin:/sbin:/bin",
            ["NOTIFY_SOCKET"] = null,
            ["HTTP_PROXY"] = null,
            ["HTTPS_PROXY"] = null,
            ["http_proxy"] = null,
            ["https_proxy"] = null,
        };
    }

    private static async Task<string> FindSnapshotterAsync()
    {
        await using var folder = TestFolder.Create();
        var options = $"lowerdir={folder.Folder("l")},upperdir={folder.Folder("u")},workdir={folder.Folder("w")}";
        var mount = await Command.RunAsync("mount", ["-t", "overlay", "overlay", "-o", options, folder.Folder("m")]);
        return mount.ExitCode == 0 ? "overlayfs" : "native";
    }

    private async Task ReadyAsync()
    {
        using var cri = Cri();
        await _process.WaitUntilAsync("CRI answers", async cancellationToken =>
        {
            if (!await Probe.UnixSocketAsync(SocketPath, cancellationToken))
            {
                return false;
            }

            try
            {
                // ImageFsInfo as well: 1.x answers Version before the CRI plugin is initialised.
                var version = await cri.CallAsync("/runtime.v1.RuntimeService/Version", default, [], cancellationToken);
                var info = await cri.CallAsync("/runtime.v1.ImageService/ImageFsInfo", default, [], cancellationToken);
                return version.Status == 0 && info.Status == 0;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                return false;
            }
        });
    }

    // The orderly way first: it also takes away what runc keeps outside the folder (cgroups, sockets of the shims).
    private async Task RemovePodsAsync()
    {
        using var cri = Cri();
        try
        {
            foreach (var pod in await cri.ListPodSandboxesAsync())
            {
                await cri.RemovePodAsync(pod);
            }
        }
        catch (Exception e) when (e is CriException or HttpRequestException or IOException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"containerd {Version}: pods could not be removed, they are killed: {e.Message}");
        }
    }

    // Shims outlive containerd by design; each has this containerd's socket in its arguments.
    private async Task KillShimsAsync()
    {
        var parents = new Dictionary<int, int>();
        var doomed = new HashSet<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            try
            {
                var stat = await File.ReadAllTextAsync(Path.Combine(folder, "stat"));
                parents[id] = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
                var arguments = await File.ReadAllTextAsync(Path.Combine(folder, "cmdline"));
                if (arguments.Contains("containerd-shim", StringComparison.Ordinal) && arguments.Contains(_folder.Path + "/", StringComparison.Ordinal))
                {
                    doomed.Add(id);
                }
            }
            catch (IOException)
            {
                parents.Remove(id); // It ended while we looked.
            }
        }

        while (parents.Where(pair => doomed.Contains(pair.Value)).Count(pair => doomed.Add(pair.Key)) > 0)
        {
        }

        foreach (var id in doomed)
        {
            ChildProcess.KillById(id);
        }
    }

    // What killed tasks leave outside the folder: their cgroups and runc's notes, both named by the task.
    private async Task RemoveTracesAsync()
    {
        var tasks = _folder.At("state", "io.containerd.runtime.v2.task", "k8s.io");
        foreach (var id in Directory.Exists(tasks) ? Directory.GetDirectories(tasks).Select(Path.GetFileName) : [])
        {
            string[] cgroups = [$"/sys/fs/cgroup/k8s.io/{id}", .. Directory.GetDirectories("/sys/fs/cgroup").Select(controller => $"{controller}/k8s.io/{id}")];
            await Command.RunAsync("rmdir", ["--ignore-fail-on-non-empty", .. cgroups.Where(Directory.Exists), "/nonexistent"]);
            await Command.RunAsync("rm", ["-rf", $"/run/containerd/runc/k8s.io/{id}"]);
        }
    }
}
