namespace NodeGate.Testing.Time;

/// <summary>
/// A clock that moves only when a test says so, with timers. The wall clock and the monotonic one are separate: a test can set the wall
/// clock back, as an administrator or NTP does, without time going backwards.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private readonly List<(int Count, TaskCompletionSource Signal)> _waiting = [];
    private DateTimeOffset _utcNow;
    private long _elapsed;

    /// <summary>Creates the clock at 2026-01-01T00:00:00Z.</summary>
    public FakeTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Creates the clock at <paramref name="start"/>.</summary>
    public FakeTimeProvider(DateTimeOffset start)
    {
        _utcNow = start.ToUniversalTime();
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _utcNow;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed;
        }
    }

    /// <summary>Sets the wall clock alone; timers and timestamps do not notice.</summary>
    public void SetWallClock(DateTimeOffset now)
    {
        lock (_gate)
        {
            _utcNow = now.ToUniversalTime();
        }
    }

    /// <summary>Lets <paramref name="time"/> pass. Every timer fires at its own moment, in order, on the caller's thread.</summary>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var end = GetTimestamp() + time.Ticks;
        while (TakeNext(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            MoveTo(end);
        }
    }

    /// <summary>Completes when at least <paramref name="count"/> timers run: the code under test has come to its waiting point.</summary>
    public Task UntilTimersAsync(int count)
    {
        lock (_gate)
        {
            if (_timers.Count >= count)
            {
                return Task.CompletedTask;
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, signal));
            return signal.Task;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private FakeTimer? TakeNext(long end)
    {
        lock (_gate)
        {
            var next = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            if (next is null)
            {
                return null;
            }

            MoveTo(Math.Max(next.Due, _elapsed));
            if (next.Period == Timeout.InfiniteTimeSpan || next.Period == TimeSpan.Zero)
            {
                _timers.Remove(next);
            }
            else
            {
                next.Due += next.Period.Ticks;
            }

            return next;
        }
    }

    private void MoveTo(long elapsed)
    {
        _utcNow += TimeSpan.FromTicks(elapsed - _elapsed);
        _elapsed = elapsed;
    }

    private void Schedule(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        List<TaskCompletionSource> reached;
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _elapsed + dueTime.Ticks;
                timer.Period = period;
                _timers.Add(timer);
            }

            reached = [.. _waiting.Where(w => w.Count <= _timers.Count).Select(w => w.Signal)];
            _waiting.RemoveAll(w => w.Count <= _timers.Count);
        }

        reached.ForEach(signal => signal.SetResult());
    }

    private void Remove(FakeTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    private sealed class FakeTimer(FakeTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        internal long Due { get; set; }

        internal TimeSpan Period { get; set; }

        internal void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            owner.Schedule(this, dueTime, period);
            return true;
        }

        public void Dispose() => owner.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
