namespace NodeGate.Webhook.Kubernetes;

/// <summary>
/// Keeps what was read for some seconds and lets those who ask for the same thing wait for one read. What is over is dropped on time, not at
/// the next question: secrets have no business in the memory of a process that does not need them.
/// </summary>
internal sealed class ShortMemory<T>(TimeProvider time, Func<T, TimeSpan> lifetime) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private ITimer? _sweep;

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _sweep?.Dispose();
            _sweep = null;
        }
    }

    /// <summary>What is known under <paramref name="key"/>, or what <paramref name="read"/> brings. One caller's haste ends nobody else's read.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    internal Task<T> GetAsync(string key, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Sweep();
            if (!_entries.TryGetValue(key, out var entry))
            {
                if (_entries.Count >= WebhookLimits.MaxRemembered)
                {
                    _entries.Clear();
                }

                entry = new Entry(Task.Run(read, CancellationToken.None), time.GetTimestamp());
                _entries[key] = entry;
                _sweep ??= time.CreateTimer(_ => OnTimer(), null, WebhookLimits.FailedReadMemory, WebhookLimits.FailedReadMemory);
            }

            return entry.Read.WaitAsync(cancellationToken);
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            Sweep();
            if (_entries.Count == 0)
            {
                _sweep?.Dispose();
                _sweep = null;
            }
        }
    }

    private void Sweep()
    {
        foreach (var (key, entry) in _entries)
        {
            if (entry.Read.IsCompleted && (!entry.Read.IsCompletedSuccessfully || time.GetElapsedTime(entry.Since) >= lifetime(entry.Read.Result)))
            {
                _entries.Remove(key);
            }
        }
    }

    private sealed record Entry(Task<T> Read, long Since);
}
