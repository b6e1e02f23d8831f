using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Registry;

/// <summary>A bounded memory whose entries end by themselves. When it is full, what would end first goes first.</summary>
internal sealed class ExpiringCache<TValue>(int capacity, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (TValue Value, DateTimeOffset Until)> _entries = new(StringComparer.Ordinal);

    internal bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry) && entry.Until > time.GetUtcNow())
            {
                value = entry.Value;
                return true;
            }

            value = default;
            return false;
        }
    }

    internal void Set(string key, TValue value, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_entries.Count >= capacity && !_entries.ContainsKey(key))
            {
                _entries.Remove(_entries.MinBy(entry => entry.Value.Until).Key);
            }

            _entries[key] = (value, now + lifetime);
        }
    }

    internal void Remove(string key)
    {
        lock (_lock)
        {
            _entries.Remove(key);
        }
    }
}
