namespace NodeGate.Webhook.Serving;

/// <summary>
/// The bytes that all reviews together may take. They are taken before a body is read, and in the order of asking: many small ones cannot keep a
/// large one waiting for ever.
/// </summary>
internal sealed class ByteBudget
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly long _total;
    private long _free;

    internal ByteBudget(long total)
    {
        _total = total;
        _free = total;
    }

    /// <summary>What is taken now.</summary>
    internal long Used
    {
        get
        {
            lock (_gate)
            {
                return _total - _free;
            }
        }
    }

    /// <summary>Waits for <paramref name="bytes"/>, at most the whole budget; disposing what comes back returns them.</summary>
    /// <exception cref="OperationCanceledException">They were not free in time.</exception>
    internal async Task<IDisposable> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _total);
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(bytes);
        lock (_gate)
        {
            _waiting.AddLast(waiter);
            GrantWhatFits();
        }

        await using (cancellationToken.Register(() => GiveUp(waiter, cancellationToken)))
        {
            await waiter.Granted.Task;
        }

        return new Lease(this, bytes);
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiting.Remove(waiter))
            {
                waiter.Granted.SetCanceled(cancellationToken);
                // It may have been a large one that smaller ones stood behind.
                GrantWhatFits();
            }
        }
    }

    private void Return(long bytes)
    {
        lock (_gate)
        {
            _free += bytes;
            GrantWhatFits();
        }
    }

    private void GrantWhatFits()
    {
        while (_waiting.First is { Value: var next } && next.Bytes <= _free)
        {
            _waiting.RemoveFirst();
            _free -= next.Bytes;
            next.Granted.SetResult();
        }
    }

    private sealed class Waiter(long bytes)
    {
        internal long Bytes { get; } = bytes;

        internal TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Lease(ByteBudget budget, long bytes) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                budget.Return(bytes);
            }
        }
    }
}
