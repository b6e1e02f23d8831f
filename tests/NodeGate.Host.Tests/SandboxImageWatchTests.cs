using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy;
using NodeGate.Host.Daemon;
using NodeGate.Testing.Time;

namespace NodeGate.Host.Tests;

public sealed class SandboxImageWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _looks = new(0);
    private readonly SemaphoreSlim _asks = new(0);
    private int _asked;
    private volatile string _revision = "r1";
    private volatile bool _reachable = true;

    [Fact]
    public async Task RunAsync_StartPolicyContainerdAndTime_AreEachLookedAtOnce()
    {
        using var stop = new CancellationTokenSource();
        var watch = new SandboxImageWatch(_ => ExamineAsync(), () => _revision, IsReachable, _time, NullLogger<SandboxImageWatch>.Instance);
        var running = watch.RunAsync(stop.Token);
        Assert.Equal(("pause:1", "Undetermined", "ImageNotFound", "problem 1"), (watch.Current!.Image, watch.Current.Decision, watch.Current.Reason, watch.Current.Message));
        await _looks.WaitAsync();
        await _asks.WaitAsync();

        await StepAsync(TimeSpan.FromSeconds(5), isAsked: false);
        _revision = "r2";
        await StepAsync(TimeSpan.FromSeconds(5), isAsked: true);
        _reachable = false;
        await StepAsync(TimeSpan.FromSeconds(5), isAsked: false);
        _reachable = true;
        await StepAsync(TimeSpan.FromSeconds(5), isAsked: true);
        await StepAsync(TimeSpan.FromMinutes(5), isAsked: true);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(4, _asked);
    }

    private async Task StepAsync(TimeSpan step, bool isAsked)
    {
        _time.Advance(step);
        Assert.True(await _looks.WaitAsync(Patience));
        if (isAsked)
        {
            Assert.True(await _asks.WaitAsync(Patience));
        }
    }

    private bool IsReachable()
    {
        var answer = _reachable;
        _looks.Release();
        return answer;
    }

    private Task<SandboxImageReport> ExamineAsync()
    {
        var report = new SandboxImageReport("pause:1", null, [], $"problem {++_asked}");
        _asks.Release();
        return Task.FromResult(report);
    }
}
