namespace NodeGate.Gate;

/// <summary>How long a question may wait for somebody else; an answer that is there when the time is over still counts.</summary>
internal sealed class QuestionClock : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _total;
    private readonly TimeProvider _time;

    /// <param name="options">The gate's own deadline.</param>
    /// <param name="time">The time.</param>
    /// <param name="caller">The caller's.</param>
    /// <param name="atMost">What the caller has, where that is less.</param>
    internal QuestionClock(GateOptions options, TimeProvider time, CancellationToken caller, TimeSpan? atMost = null)
    {
        var total = atMost is { } less && less < options.TotalDeadline ? less : options.TotalDeadline;
        _total = total > Shortest ? total : Shortest;
        _time = time;
        _caller = caller;
        Started = time.GetTimestamp();
        _late = new CancellationTokenSource(_total, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_late.Token, caller);
    }

    internal long Started { get; }

    /// <summary>Cancelled when the time is over or the caller gave up.</summary>
    internal CancellationToken Token => _either.Token;

    /// <summary>Whether a cancellation is the caller's, to be passed on, and not a decision.</summary>
    internal bool IsGivenUp => _caller.IsCancellationRequested;

    /// <summary>What is left, for work that may outlive this caller; never nothing, so that it can say that it is late.</summary>
    internal TimeSpan Left => _total - _time.GetElapsedTime(Started) is var left && left > Shortest ? left : Shortest;

    public void Dispose()
    {
        _either.Dispose();
        _late.Dispose();
    }
}
