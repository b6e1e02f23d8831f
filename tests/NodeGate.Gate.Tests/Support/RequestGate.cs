using NodeGate.Oci;

namespace NodeGate.Gate.Tests.Support;

/// <summary>Holds requests until the test lets them go, and tells when a number of them has arrived. No sleeps.</summary>
internal sealed class RequestGate
{
    private readonly Lock _gate = new();
    private readonly List<(string Request, TaskCompletionSource Go)> _held = [];
    private readonly List<(int Count, TaskCompletionSource Signal)> _waiting = [];

    public async Task HoldAsync(string request, RegistryCredential? credential, CancellationToken cancellationToken)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _held.Add((request, go));
            foreach (var waiting in _waiting.Where(w => w.Count <= _held.Count).ToList())
            {
                _waiting.Remove(waiting);
                waiting.Signal.SetResult();
            }
        }

        await go.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits until <paramref name="count"/> requests are held, lets them go, and returns them sorted.</summary>
    public async Task<string[]> RoundAsync(int count)
    {
        await UntilHeldAsync(count);
        List<(string Request, TaskCompletionSource Go)> round;
        lock (_gate)
        {
            round = [.. _held];
            _held.Clear();
        }

        Assert.Equal(count, round.Count);
        round.ForEach(r => r.Go.SetResult());
        return [.. round.Select(r => r.Request).Order(StringComparer.Ordinal)];
    }

    public Task UntilHeldAsync(int count)
    {
        lock (_gate)
        {
            if (_held.Count >= count)
            {
                return Task.CompletedTask;
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, signal));
            return signal.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}
