namespace NodeGate.Fuzz.Engine;

/// <summary>Ends the process when one input takes for ever: a loop without end cannot be ended otherwise.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly Timer _timer;
    private readonly TimeSpan _limit;
    private readonly Lock _lock = new();
    private byte[]? _current;
    private long _started;

    public Watchdog(TimeSpan limit, Action<byte[]> report)
    {
        _limit = limit;
        _timer = new Timer(_ => Look(report), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Start(byte[] input)
    {
        lock (_lock)
        {
            (_current, _started) = (input, Environment.TickCount64);
        }
    }

    public void Stop()
    {
        lock (_lock)
        {
            _current = null;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look(Action<byte[]> report)
    {
        byte[]? hanging;
        lock (_lock)
        {
            hanging = Environment.TickCount64 - _started > _limit.TotalMilliseconds ? _current : null;
        }

        if (hanging is not null)
        {
            report(hanging);
            Environment.Exit(1);
        }
    }
}
