namespace NodeGate.Webhook.Serving;

/// <summary>
/// The bytes that all reviews together may take. They are taken before a body is read, and in the order of asking: many small ones cannot keep a
/// large one waiting for ever. Attack: a client that announces much and sends it slowly; beyond half of all it waits for itself, and nobody for it.
/// </summary>
internal sealed class ByteBudget
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);
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

    /// <summary>Waits for <paramref name="bytes"/>, at most the whole budget, for <paramref name="client"/>; disposing what comes back returns them.</summary>
    /// <exception cref="OperationCanceledException">They were not free in time.</exception>
    internal async Task<IDisposable> TakeAsync(long bytes, string client, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _total);
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(bytes, client);
        lock (_gate)
        {
            _waiting.AddLast(waiter);
            GrantWhatFits();
        }

        await using (cancellationToken.Register(() => GiveUp(waiter, cancellationToken)))
        {
            await waiter.Granted.Task;
        }

        return new Lease(this, waiter);
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

    private void Return(Waiter waiter)
    {
        lock (_gate)
        {
            _free += waiter.Bytes;
            var held = _held.GetValueOrDefault(waiter.Client) - waiter.Bytes;
            if (held == 0)
            {
                _held.Remove(waiter.Client);
            }
            else
            {
                _held[waiter.Client] = held;
            }

            GrantWhatFits();
        }
    }

    private void GrantWhatFits()
    {
        for (var node = _waiting.First; node is not null;)
        {
            var (waiter, next) = (node.Value, node.Next);
            var held = _held.GetValueOrDefault(waiter.Client);
            if (held == 0 || held + waiter.Bytes <= _total / 2)
            {
                if (waiter.Bytes > _free)
                {
                    return;
                }

                _waiting.Remove(node);
                _free -= waiter.Bytes;
                _held[waiter.Client] = held + waiter.Bytes;
                waiter.Granted.SetResult();
            }

            node = next;
        }
    }

    private sealed class Waiter(long bytes, string client)
    {
        internal long Bytes { get; } = bytes;

        internal string Client { get; } = client;

        internal TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Lease(ByteBudget budget, Waiter waiter) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                budget.Return(waiter);
            }
        }
    }
}
