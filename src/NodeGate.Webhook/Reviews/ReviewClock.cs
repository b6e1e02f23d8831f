namespace NodeGate.Webhook.Reviews;

/// <summary>The time of one review. Whatever the API server is asked for on the way has half of it, so that the images themselves are still judged.</summary>
internal sealed class ReviewClock : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly TimeSpan _deadline;
    private readonly long _started;
    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;

    internal ReviewClock(TimeProvider time, TimeSpan deadline, CancellationToken caller)
    {
        _time = time;
        _deadline = deadline > Shortest ? deadline : Shortest;
        _started = time.GetTimestamp();
        _caller = caller;
        _late = new CancellationTokenSource(_deadline / 2, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_late.Token, caller);
    }

    /// <summary>Cancelled when the time for lookups is over, or the caller gave up.</summary>
    internal CancellationToken Lookups => _either.Token;

    /// <summary>Cancelled when the caller gave up.</summary>
    internal CancellationToken Caller => _caller;

    /// <summary>What is left; never nothing, because what the gate knows already it says in no time.</summary>
    internal TimeSpan Left => _deadline - _time.GetElapsedTime(_started) is var left && left > Shortest ? left : Shortest;

    public void Dispose()
    {
        _either.Dispose();
        _late.Dispose();
    }
}
