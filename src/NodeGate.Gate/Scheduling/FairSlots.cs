using NodeGate.Oci;

namespace NodeGate.Gate.Scheduling;

/// <summary>
/// Bounded concurrency over all registries, with a bound for each and a turn for each: two hundred pulls from a registry that hangs
/// neither hold all places nor stand in front of one pull from another. Safe for concurrent use.
/// </summary>
internal sealed class FairSlots
{
    private readonly Lock _gate = new();
    private readonly int _total;
    private readonly int _perKey;
    private readonly int _queued;
    private readonly int _queuedPerKey;
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    // The lanes that have somebody waiting, in the order of their turns.
    private readonly LinkedList<Lane> _turns = [];
    private int _running;
    private int _waiting;

    internal FairSlots(int total, int perKey, int queued, int queuedPerKey)
    {
        _total = total;
        _perKey = perKey;
        _queued = queued;
        _queuedPerKey = queuedPerKey;
    }

    /// <summary>Waits for a place for <paramref name="key"/>; dispose what comes back.</summary>
    /// <exception cref="NodeGateException">Too many wait already (<see cref="DecisionReason.LimitExceeded"/>).</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; its place in the queue is free.</exception>
    internal async Task<IDisposable> EnterAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Lane lane;
        LinkedListNode<TaskCompletionSource> place;
        lock (_gate)
        {
            lane = _lanes.TryGetValue(key, out var known) ? known : _lanes[key] = new Lane(key);
            if (_running < _total && lane.Running < _perKey && lane.Queue.Count == 0)
            {
                lane.Running++;
                _running++;
                return new Place(this, lane);
            }

            if (_waiting >= _queued || lane.Queue.Count >= _queuedPerKey)
            {
                Forget(lane);
                throw new NodeGateException(
                    DecisionReason.LimitExceeded,
                    $"More than {_queuedPerKey} questions about images of {key}, or {_queued} in all, wait for their turn; try again.");
            }

            place = lane.Queue.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiting++;
            if (lane.Queue.Count == 1)
            {
                _turns.AddLast(lane);
            }
        }

        await using var registration = cancellationToken.UnsafeRegister(
            (_, token) => Abandon(lane, place, token), state: null);
        await place.Value.Task;
        return new Place(this, lane);
    }

    private void Abandon(Lane lane, LinkedListNode<TaskCompletionSource> place, CancellationToken token)
    {
        lock (_gate)
        {
            if (place.List is null)
            {
                // Its turn came first; whoever waits gets the place and gives it back.
                return;
            }

            lane.Queue.Remove(place);
            _waiting--;
            Forget(lane);
        }

        place.Value.TrySetCanceled(token);
    }

    private void Leave(Lane lane)
    {
        lock (_gate)
        {
            lane.Running--;
            _running--;
            Forget(lane);
            for (var node = _turns.First; node is not null && _running < _total;)
            {
                var next = node.Next;
                if (node.Value.Running < _perKey)
                {
                    Admit(node.Value);
                    break;
                }

                node = next;
            }
        }
    }

    private void Admit(Lane lane)
    {
        var place = lane.Queue.First!;
        lane.Queue.RemoveFirst();
        lane.Running++;
        _running++;
        _waiting--;
        _turns.Remove(lane);
        if (lane.Queue.Count > 0)
        {
            _turns.AddLast(lane);
        }

        place.Value.SetResult();
    }

    private void Forget(Lane lane)
    {
        if (lane.Queue.Count > 0)
        {
            return;
        }

        _turns.Remove(lane);
        if (lane.Running == 0)
        {
            _lanes.Remove(lane.Key);
        }
    }

    private sealed class Lane(string key)
    {
        internal string Key { get; } = key;

        internal int Running { get; set; }

        internal LinkedList<TaskCompletionSource> Queue { get; } = [];
    }

    private sealed class Place(FairSlots owner, Lane lane) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                owner.Leave(lane);
            }
        }
    }
}
