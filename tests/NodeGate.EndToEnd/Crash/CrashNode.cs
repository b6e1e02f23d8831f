using NodeGate.Audit;
using NodeGate.EndToEnd.Fidelity;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Crash;

/// <summary>
/// A node that is killed at a chosen moment. The daemon has no hook for it: what is held is what it waits for (the registry, containerd), and
/// what is watched is what it writes (ledger, audit log).
/// </summary>
public sealed class CrashNode : IAsyncLifetime
{
    private static readonly KeyValuePair<string, string>[] Namespace = [new("containerd-namespace", "k8s.io")];
    private readonly Lazy<Task> _started;
    private CancellationTokenSource _armed = new();
    private NodeRegistry? _registry;
    private ContainerdProcess? _containerd;
    private CriClient? _direct;
    private ContainerdTap? _tap;
    private NodeGateProcess? _gate;

    public CrashNode() => _started = new Lazy<Task>(StartPartsAsync);

    internal NodeRegistry Registry => _registry!;

    internal NodeGateProcess Gate => _gate!;

    /// <summary>containerd without the gate.</summary>
    internal CriClient Direct => _direct!;

    internal string AuditFile => Gate.AuditFile;

    internal string LedgerFile => Path.Combine(Gate.LedgerFolder, "ledger.journal");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _armed.CancelAsync();
        _direct?.Dispose();
        foreach (var part in new IAsyncDisposable?[] { _gate, _tap, _containerd, _registry })
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _armed.Dispose();
    }

    /// <summary>Starts everything with the first test that needs it, so that skipped tests need nothing, and what a failed test left dead or armed.</summary>
    internal async Task StartAsync()
    {
        await _started.Value;
        await DisarmAsync();
        if (Gate.HasExited)
        {
            await Gate.RestartAsync();
        }
    }

    /// <summary>Completes when nodegate asks the registry for a path that fits; it gets no answer.</summary>
    internal Task RequestAsync(Func<string, bool> fits)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Registry.Registry.Intercept = async context =>
        {
            if (!fits(context.Request.Path.Value ?? ""))
            {
                return false;
            }

            reached.TrySetResult();
            await EndOfAsync(context.RequestAborted);
            return true;
        };
        return reached.Task;
    }

    /// <summary>Completes when a call that fits is at the moment; it stays there.</summary>
    internal Task CallAsync(TapMoment moment, params string[] methods)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _tap!.Hold = async (call, at, aborted) =>
        {
            if (at == moment && Array.Exists(methods, method => call.Path.EndsWith('/' + method)))
            {
                reached.TrySetResult();
                await EndOfAsync(aborted);
                aborted.ThrowIfCancellationRequested();
            }
        };
        return reached.Task;
    }

    /// <summary>Kills in the moment in which the file has grown, and completes then.</summary>
    internal Task KillWhenGrownAsync(string file) => KillWhenLongerAsync(file, new FileInfo(file).Length, _armed.Token);

    /// <summary>The same, but counted from the moment on in which containerd answered the method: a file may grow more than once in a pull.</summary>
    internal Task KillWhenGrownAfterAsync(string method, string file)
    {
        var grown = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var disarmed = _armed.Token;
        _tap!.Hold = (call, at, _) =>
        {
            if (at == TapMoment.Answered && call.Path.EndsWith('/' + method))
            {
                grown.TrySetResult(KillWhenLongerAsync(file, new FileInfo(file).Length, disarmed));
            }

            return Task.CompletedTask;
        };
        return grown.Task.Unwrap();
    }

    /// <summary>Holds and watches nothing any more.</summary>
    internal async Task DisarmAsync()
    {
        await _armed.CancelAsync();
        _armed.Dispose();
        _armed = new CancellationTokenSource();
        _registry!.Registry.Intercept = null;
        _tap!.Hold = null;
    }

    /// <summary>Every record of containerd's: name and digest.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> RecordsAsync()
    {
        var reply = await Direct.CallAsync("/containerd.services.images.v1.Images/List", default, Namespace, CancellationToken.None);
        return ProtoFields.Parse(reply.EnsureOk("Images/List").Message).Messages(1).ToDictionary(image => image.Text(1), image => image.Message(3)!.Text(2));
    }

    /// <summary>The digest that containerd's own record of the name points at.</summary>
    internal async Task<string?> TargetAsync(string name)
    {
        var reply = await Direct.CallAsync(
            "/containerd.services.images.v1.Images/Get", new ProtoWriter().String(1, name).ToArray(), Namespace, CancellationToken.None);
        return reply.Status == 5 ? null : ProtoFields.Parse(reply.EnsureOk("Images/Get " + name).Message).Message(1)!.Message(3)!.Text(2);
    }

    /// <summary>The log is whole, and has every answer.</summary>
    internal async Task AssertRecordedAsync(AnswerBook answers)
    {
        Assert.Null((await AuditVerifier.VerifyAsync(AuditFile, CancellationToken.None)).Damage);
        answers.AssertRecordedIn(Gate.AuditLines());
        Assert.Empty(Directory.EnumerateFiles(Gate.LedgerFolder, "*.damaged-*"));
    }

    /// <summary>What must hold after a restart, whatever the daemon was doing when it was killed.</summary>
    internal async Task AssertSafeAsync(CrashImages images, AnswerBook answers)
    {
        await AssertRecordedAsync(answers);
        using var cri = Gate.Cri();
        var target = await TargetAsync(images.Tag);
        Assert.Contains(target, new[] { images.Good.Digest, images.IsSmuggled ? images.Evil.Digest : null });
        var (_, shown) = await answers.StatusAsync(cri, images.Tag);
        Assert.True(shown is null || (shown.Id == images.Good.Id && target == images.Good.Digest), $"{target} is shown as {shown?.Id}");
        Assert.True(shown is not null || !answers.WasPulled(images.Tag), "a pull that was answered is forgotten: the kubelet would run the image as root");
        Assert.Null((await answers.StatusAsync(cri, images.Evil.Pinned)).Image);
        Assert.Null((await answers.StatusAsync(cri, images.Evil.Id)).Image);

        // And it goes on as if nothing had been.
        var refused = await answers.PullAsync(cri, images.Evil.Pinned);
        Assert.StartsWith($"SignatureValidationFailed: {images.Evil.Pinned}: NoSignature: ", refused?.StatusMessage, StringComparison.Ordinal);
        var pulled = await answers.PullAsync(cri, images.Tag);
        Assert.Equal((0, images.Good.Id), (pulled!.Status, ProtoFields.Parse(pulled.Message).Text(1)));
        Assert.Equal(images.Good.Id, (await answers.StatusAsync(cri, images.Tag)).Image?.Id);
        Assert.Equal(images.Good.Digest, await TargetAsync(images.Tag));
        Assert.Null((await answers.StatusAsync(cri, images.Evil.Id)).Image);
        await AssertRecordedAsync(answers);
    }

    /// <summary>A repository with a signed image under its tag and an unsigned one; smuggled: containerd has the unsigned one under that tag.</summary>
    internal async Task<CrashImages> PushAsync(bool isSmuggled)
    {
        var repository = Registry.NewRepository();
        var evil = Registry.Push(repository, CrashImages.TagName, signed: false);
        if (isSmuggled)
        {
            Assert.Equal(evil.Id, await Direct.PullImageAsync(evil.Tagged(CrashImages.TagName)));
        }

        return new CrashImages(Registry.Push(repository, CrashImages.TagName, signed: true), evil, isSmuggled);
    }

    private static async Task EndOfAsync(CancellationToken token)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(() => ended.TrySetResult());
        await ended.Task;
    }

    // A thread that does nothing else: between the write and the next thing the daemon does are microseconds.
    private Task KillWhenLongerAsync(string file, long length, CancellationToken disarmed) => Task.Factory.StartNew(
        () =>
        {
            while (new FileInfo(file).Length <= length)
            {
                disarmed.ThrowIfCancellationRequested();
                Thread.Yield();
            }

            return Gate.KillAsync();
        },
        disarmed,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).Unwrap();

    private async Task StartPartsAsync()
    {
        _registry = await NodeRegistry.StartAsync();
        _containerd = await ContainerdProcess.StartAsync("2.1");
        _direct = _containerd.Cri();
        _tap = await ContainerdTap.StartAsync(_containerd.SocketPath);
        _gate = await NodeGateProcess.StartAsync(new NodeGateSetup { Upstream = _tap.SocketPath, CertsDir = _containerd.CertsDir, Policy = _registry.Policy });
    }
}
