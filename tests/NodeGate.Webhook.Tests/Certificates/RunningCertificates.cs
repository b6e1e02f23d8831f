using NodeGate.Testing.Time;
using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Certificates;

/// <summary>A started <see cref="IServerCertificates.RunAsync"/>, ended with the test.</summary>
internal sealed class RunningCertificates : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly FakeTimeProvider _time;
    private readonly Task _run;

    internal RunningCertificates(IServerCertificates certificates, FakeTimeProvider time)
    {
        _time = time;
        _run = certificates.RunAsync(_end.Token);
    }

    /// <summary>Lets a second pass, and what is done then.</summary>
    internal Task TickAsync() => TickAsync(TimeSpan.FromSeconds(1));

    /// <summary>Lets time pass, and what is done then.</summary>
    internal async Task TickAsync(TimeSpan time)
    {
        await _time.UntilTimersAsync(1);
        _time.Advance(time);
        await _time.UntilTimersAsync(1);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
        _end.Dispose();
    }
}
