using System.Collections.Immutable;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;
using NodeGate.CriProxy.Wire.Relay;

namespace NodeGate.CriProxy.Wire.Gated;

/// <summary>A call that NodeGate answers: the one message is collected, the method runs outside the lock, its reply is written.</summary>
internal sealed class GatedServerStream : ServerStream
{
    private readonly ServerConnection _owner;
    private readonly GatedBudget _budget;
    private readonly WireLimits _limits;
    private readonly IGatedMethod _method;
    private readonly string _path;
    private readonly ImmutableArray<MetadataEntry> _metadata;
    private readonly TimeSpan? _timeout;
    private readonly DateTimeOffset? _deadline;
    private readonly GrpcMessageReader _reader;
    private readonly CancellationTokenSource _aborted = new();
    private ITimer? _deadlineTimer;
    private bool _isRunning;

    public GatedServerStream(ServerConnection owner, GatedBudget budget, WireLimits limits, IGatedMethod method, string path, ReadOnlySpan<HeaderField> fields)
    {
        _owner = owner;
        _budget = budget;
        _limits = limits;
        _method = method;
        _path = path;
        _metadata = GrpcFields.ToMetadata(fields);
        _reader = new GrpcMessageReader(limits.MessageBytes, budget.Bytes);
        foreach (var field in fields)
        {
            if (field.Kind == HeaderKind.GrpcTimeout && GrpcTimeout.TryParse(field.Value, out var timeout))
            {
                _timeout = timeout;
                _deadline = owner.Clock.GetUtcNow() + timeout;
            }
        }
    }

    /// <summary>The deadline counts from the headers on, also while the message is on its way.</summary>
    public void Start()
    {
        if (_timeout is { } timeout)
        {
            _deadlineTimer = _owner.Clock.CreateTimer(static state => ((GatedServerStream)state!).OnDeadline(), this, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    public override void OnHeaders(ReadOnlySpan<HeaderField> fields, bool endStream) => OnData([], endStream);

    public override void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        _reader.Append(data);
        Credit(data.Length);
        if (_reader.Error is { } error)
        {
            Finish();
            AnswerError(error.Status, error.Message);
        }
        else if (endStream)
        {
            Run();
        }
    }

    public override void OnReset(Http2ErrorCode code, bool wasComplete) => Stop();

    public override void OnConnectionLost() => Stop();

    public override void OnStreamError(Http2ErrorCode code) => Stop();

    private void Run()
    {
        if (!_reader.IsComplete)
        {
            Finish();
            AnswerError(GrpcStatusCode.Internal, _reader.IsEmpty ? "a unary call carries no message" : "a unary call ends in the middle of its message");
            return;
        }

        if (!TryTakePlace())
        {
            Finish();
            var (each, all) = _method.IsLong ? (_limits.LongGatedCallsPerConnection, _limits.LongGatedCalls) : (_limits.GatedCallsPerConnection, _limits.GatedCalls);
            AnswerError(GrpcStatusCode.ResourceExhausted, $"nodegate: too many calls of this kind run at once ({each} on a connection, {all} in all)");
            return;
        }

        _isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(static stream => _ = stream.RunAsync(), this, preferLocal: false);
    }

    private bool TryTakePlace()
    {
        if (_owner.GatedRunning >= _limits.GatedCallsPerConnection
            || (_method.IsLong && _owner.LongGatedRunning >= _limits.LongGatedCallsPerConnection)
            || !_budget.Calls.TryTake(1))
        {
            return false;
        }

        if (_method.IsLong && !_budget.LongCalls.TryTake(1))
        {
            _budget.Calls.Return(1);
            return false;
        }

        _owner.GatedRunning++;
        _owner.LongGatedRunning += _method.IsLong ? 1 : 0;
        return true;
    }

    private void LeavePlace()
    {
        _owner.GatedRunning--;
        _budget.Calls.Return(1);
        if (_method.IsLong)
        {
            _owner.LongGatedRunning--;
            _budget.LongCalls.Return(1);
        }
    }

    private async Task RunAsync()
    {
        GrpcReply? reply;
        try
        {
            reply = await _method.HandleAsync(new GrpcRequest(_path, _metadata, _reader.Message, _deadline), _aborted.Token);
        }
        catch (OperationCanceledException) when (_aborted.IsCancellationRequested)
        {
            // Answered already, or nobody is there to be answered.
            reply = null;
        }
        catch (Exception e)
        {
            // The edge: whatever went wrong, the caller gets an answer that lets nothing through.
            WireLog.GatedCallFailed(_owner.Log, e, _path);
            reply = GrpcReply.Error(GrpcStatusCode.Internal, $"nodegate: {_path} failed unexpectedly; the daemon's log has the details");
        }

        Http2Connection? output;
        lock (_owner.Group.Lock)
        {
            LeavePlace();
            _isRunning = false;
            Finish();
            if (reply is not null)
            {
                Answer(reply);
            }

            output = _owner.Group.TakeOutput();
        }

        ConnectionGroup.Send(output);
    }

    private void OnDeadline()
    {
        Http2Connection? output;
        lock (_owner.Group.Lock)
        {
            if (!LocalEnded && !IsReset)
            {
                AnswerError(GrpcStatusCode.DeadlineExceeded, "context deadline exceeded");
            }

            Stop();
            output = _owner.Group.TakeOutput();
        }

        ConnectionGroup.Send(output);
    }

    // CancelAsync: callbacks of the method must not run under the group's lock.
    private void Stop()
    {
        _ = _aborted.CancelAsync();
        Finish();
    }

    // The message belongs to the method while it runs, even after its caller has gone.
    private void Finish()
    {
        _deadlineTimer?.Dispose();
        if (!_isRunning)
        {
            _reader.Release();
        }
    }
}
