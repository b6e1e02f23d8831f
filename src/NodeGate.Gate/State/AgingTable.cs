namespace NodeGate.Gate.State;

/// <summary>A bounded table whose entries know their age by two clocks; beyond the bound the oldest go. Safe for concurrent use.</summary>
internal sealed class AgingTable<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly int _capacity;
    private readonly TimeProvider _time;

    internal AgingTable(int capacity, TimeProvider time)
    {
        _capacity = capacity;
        _time = time;
    }

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Puts <paramref name="value"/>, which is from <paramref name="at"/> by the wall clock.</summary>
    internal void Put(TKey key, TValue value, DateTimeOffset at)
    {
        var age = _time.GetUtcNow() - at;
        var entry = new Entry(value, at, age > TimeSpan.Zero ? age : TimeSpan.Zero, _time.GetTimestamp());
        lock (_gate)
        {
            if (_entries.Count >= _capacity && !_entries.ContainsKey(key))
            {
                // A sixteenth at once, so that a full table does not sort itself at every step.
                foreach (var old in _entries.OrderByDescending(e => AgeOf(e.Value)).Take(Math.Max(1, _capacity / 16)).ToList())
                {
                    _entries.Remove(old.Key);
                }
            }

            _entries[key] = entry;
        }
    }

    /// <summary>The value, and its age; null where there is none, or where it is from the future by the wall clock.</summary>
    internal TValue? Find(TKey key, out TimeSpan age)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry) && entry.At <= _time.GetUtcNow())
            {
                age = AgeOf(entry);
                return entry.Value;
            }
        }

        age = TimeSpan.MaxValue;
        return null;
    }

    internal IReadOnlyList<TValue> Where(Func<TValue, bool> predicate)
    {
        lock (_gate)
        {
            return [.. _entries.Values.Select(e => e.Value).Where(predicate)];
        }
    }

    internal void Remove(TKey key)
    {
        lock (_gate)
        {
            _entries.Remove(key);
        }
    }

    internal void RemoveOlderThan(TimeSpan age)
    {
        lock (_gate)
        {
            foreach (var old in _entries.Where(e => AgeOf(e.Value) >= age).Select(e => e.Key).ToList())
            {
                _entries.Remove(old);
            }
        }
    }

    private TimeSpan AgeOf(Entry entry)
    {
        var byWall = _time.GetUtcNow() - entry.At;
        var byMonotonic = entry.AgeWhenPut + _time.GetElapsedTime(entry.PutAt);
        return byWall > byMonotonic ? byWall : byMonotonic;
    }

    private sealed record Entry(TValue Value, DateTimeOffset At, TimeSpan AgeWhenPut, long PutAt);
}
