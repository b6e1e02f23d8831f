namespace NodeGate.Gate.State;

/// <summary>The last answers "present" to the kubelet, which must not be taken back for ten minutes. Safe for concurrent use.</summary>
internal sealed class RecentAnswers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Asked, string ImageId), Entry> _entries = [];
    private readonly TimeProvider _time;

    internal RecentAnswers(TimeProvider time)
    {
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

    /// <summary>Remembers a good answer of now. True when it is time to write it down.</summary>
    internal bool Remember(string asked, string imageId)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            MakeRoom();
            if (!_entries.TryGetValue((asked, imageId), out var entry))
            {
                _entries[(asked, imageId)] = entry = new Entry();
            }

            entry.GoodAt = now;
            entry.AgeWhenRestored = TimeSpan.Zero;
            if (entry.WrittenAt is { } written && _time.GetElapsedTime(written, now) < LedgerLimits.RecentWriteInterval)
            {
                return false;
            }

            entry.WrittenAt = now;
            return true;
        }
    }

    /// <summary>
    /// Remembers a good answer of an earlier process. One from the near future counts as of now (the clock was set back a little);
    /// from the far future it is not believed.
    /// </summary>
    internal void Restore(string asked, string imageId, DateTimeOffset at)
    {
        var age = _time.GetUtcNow() - at;
        if (age >= LedgerLimits.RecentFor || age <= -LedgerLimits.RecentFor)
        {
            return;
        }

        var restored = new Entry { GoodAt = _time.GetTimestamp(), AgeWhenRestored = age > TimeSpan.Zero ? age : TimeSpan.Zero };
        lock (_gate)
        {
            MakeRoom();
            if (!_entries.TryGetValue((asked, imageId), out var known) || AgeOf(known) > restored.AgeWhenRestored)
            {
                _entries[(asked, imageId)] = restored;
            }
        }
    }

    /// <summary>
    /// True when the last good answer is at most ten minutes old, or when it was repeated within them and that is at most a minute ago.
    /// Repeating renews nothing: an image that lost its admission must not stay for as long as its pod crashes.
    /// </summary>
    internal bool Repeat(string asked, string imageId)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((asked, imageId), out var entry))
            {
                return false;
            }

            if (AgeOf(entry) < LedgerLimits.RecentFor)
            {
                entry.RepeatedAt = _time.GetTimestamp();
                return true;
            }

            return entry.RepeatedAt is { } repeated && _time.GetElapsedTime(repeated) < LedgerLimits.RepeatGrace;
        }
    }

    /// <summary>What is still recent, as it would be written now.</summary>
    internal IReadOnlyList<ShownImage> ToShown()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            return
            [
                .. _entries.Where(e => AgeOf(e.Value) < LedgerLimits.RecentFor)
                    .Select(e => new ShownImage(e.Key.Asked, e.Key.ImageId, now - AgeOf(e.Value))),
            ];
        }
    }

    private TimeSpan AgeOf(Entry entry) => entry.AgeWhenRestored + _time.GetElapsedTime(entry.GoodAt);

    private void MakeRoom()
    {
        if (_entries.Count < LedgerLimits.MaxRecent)
        {
            return;
        }

        // First what no longer holds; then, under a flood of names, a sixteenth of the oldest.
        var outdated = LedgerLimits.RecentFor + LedgerLimits.RepeatGrace;
        var gone = _entries.Where(e => AgeOf(e.Value) >= outdated).Select(e => e.Key).ToList();
        if (gone.Count == 0)
        {
            gone = [.. _entries.OrderByDescending(e => AgeOf(e.Value)).Take(LedgerLimits.MaxRecent / 16).Select(e => e.Key)];
        }

        gone.ForEach(key => _entries.Remove(key));
    }

    private sealed class Entry
    {
        internal long GoodAt { get; set; }

        internal TimeSpan AgeWhenRestored { get; set; }

        internal long? RepeatedAt { get; set; }

        internal long? WrittenAt { get; set; }
    }
}
