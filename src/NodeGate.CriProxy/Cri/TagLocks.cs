namespace NodeGate.CriProxy.Cri;

/// <summary>
/// One naming at a time for each tag. Two pulls of a tag that moved in between are both verified, but each would take the name away from
/// the other for as long as both wait to see their own image under it.
/// </summary>
internal sealed class TagLocks
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How many tags are locked or waited for.</summary>
    public int Count
    {
        get
        {
            lock (_entries)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Waits for <paramref name="tag"/>; disposing the result frees it.</summary>
    public async Task<IDisposable> EnterAsync(string tag, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(tag, out entry))
            {
                entry = new Entry();
                _entries.Add(tag, entry);
            }

            entry.Users++;
        }

        try
        {
            await entry.Gate.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(tag, entry);
            throw;
        }

        return new Holder(this, tag, entry);
    }

    private void Leave(string tag, Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0)
            {
                _entries.Remove(tag);
                entry.Gate.Dispose();
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Holder(TagLocks owner, string tag, Entry entry) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                entry.Gate.Release();
                owner.Leave(tag, entry);
            }
        }
    }
}
