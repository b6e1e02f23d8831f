using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>
/// The way to containerd of one group: the connection that takes new calls, older ones that finish theirs after GOAWAY, and the calls
/// that are held while there is none. Everything but the constructor is used under the group's lock.
/// </summary>
internal sealed class UpstreamLinks(
    ConnectionGroup group, string socketPath, UpstreamProbe? probe, WireLimits limits, TimeProvider time, ILogger logger)
{
    private readonly LinkedList<ClientStream> _held = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<UpstreamConnection> _all = [];
    private UpstreamConnection? _current;
    private ITimer? _timer;
    private int _heldBytes;
    private bool _isConnecting;
    private bool _isStopped;
    private bool _wasAway;
    private string _lastError = "it has not answered yet";

    /// <summary>Sends a call, or holds it until containerd can be reached.</summary>
    public void Start(ClientStream stream, ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        if (_isStopped)
        {
            stream.End();
            stream.OnUnavailable("nodegate is stopping");
            return;
        }

        if (_held.Count == 0 && _current is { CanOpen: true } link)
        {
            if (link.OutputBytes > limits.OutputBytes)
            {
                stream.End();
                stream.OnUnavailable($"nodegate: {link.OutputBytes} bytes already wait to be read by unix://{socketPath}");
                return;
            }

            link.OpenStream(stream, fields, endStream);
            return;
        }

        Hold(stream, fields, endStream);
    }

    /// <summary>Takes a call back that is still held; false when it was sent already.</summary>
    public bool TryRelease(ClientStream stream)
    {
        if (stream.HeldHeaders is null)
        {
            return false;
        }

        _held.Remove(stream);
        Unhold(stream);
        return true;
    }

    /// <summary>Closes every connection; held calls are answered.</summary>
    public void Stop()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        _ = _stop.CancelAsync();
        _timer?.Dispose();
        FailHeld(_ => "nodegate is stopping", _ => true);
        foreach (var link in _all.ToArray())
        {
            link.Close(reason: null);
        }
    }

    public void OnReady(UpstreamConnection link)
    {
        if (_isStopped || link.IsClosed)
        {
            return;
        }

        _current = link;
        _isConnecting = false;
        OnCapacity();
    }

    /// <summary>Sends held calls while the connection takes them.</summary>
    public void OnCapacity()
    {
        while (_held.First is { } first && _current is { CanOpen: true } link)
        {
            _held.RemoveFirst();
            var stream = first.Value;
            var headers = stream.HeldHeaders!;
            Unhold(stream);
            link.OpenStream(stream, headers, stream.HeldEndStream);
        }
    }

    public void OnGoingAway(UpstreamConnection link)
    {
        if (_current == link)
        {
            _current = null;
            _wasAway = true;
            ConnectIfNeeded();
        }
    }

    public void OnLost(UpstreamConnection link)
    {
        _all.Remove(link);
        if (link.CloseReason is { } reason)
        {
            WireLog.UpstreamFailed(logger, socketPath, reason);
        }

        if (_current == link)
        {
            _current = null;
            _wasAway = true;
            _lastError = "the connection was closed";
            ConnectIfNeeded();
        }
    }

    private void Hold(ClientStream stream, ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        var bytes = 0;
        var wait = limits.HoldTime;
        foreach (var field in fields)
        {
            bytes += field.Size;
            if (field.Kind == HeaderKind.GrpcTimeout && GrpcTimeout.TryParse(field.Value, out var timeout) && timeout < wait)
            {
                wait = timeout;
            }
        }

        if (_held.Count >= limits.HeldCalls || _heldBytes + bytes > limits.HeldHeaderBytes)
        {
            stream.End();
            stream.OnUnavailable($"nodegate: unix://{socketPath} cannot be reached ({_lastError}) and {_held.Count} calls are held already");
            return;
        }

        stream.HeldHeaders = fields.ToArray();
        stream.HeldEndStream = endStream;
        stream.HeldBytes = bytes;
        stream.HeldUntil = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        _heldBytes += bytes;
        _held.AddLast(stream);
        ArmTimer();
        ConnectIfNeeded();
    }

    private void Unhold(ClientStream stream)
    {
        stream.HeldHeaders = null;
        _heldBytes -= stream.HeldBytes;
    }

    private void ArmTimer()
    {
        if (_held.Count == 0 || _isStopped)
        {
            return;
        }

        var now = time.GetTimestamp();
        var due = time.GetElapsedTime(now, _held.Min(stream => stream.HeldUntil));
        due = due < TimeSpan.Zero ? TimeSpan.Zero : due + TimeSpan.FromMilliseconds(1);
        if (_timer is null)
        {
            _timer = time.CreateTimer(static state => ((UpstreamLinks)state!).OnTimer(), this, due, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        Http2Connection? output;
        lock (group.Lock)
        {
            var now = time.GetTimestamp();
            FailHeld(_ => $"nodegate: unix://{socketPath} cannot be reached: {_lastError}", stream => stream.HeldUntil <= now);
            ArmTimer();
            output = group.TakeOutput();
        }

        ConnectionGroup.Send(output);
    }

    private void FailHeld(Func<ClientStream, string> message, Func<ClientStream, bool> which)
    {
        foreach (var stream in _held.Where(which).ToArray())
        {
            _held.Remove(stream);
            Unhold(stream);
            stream.End();
            stream.OnUnavailable(message(stream));
        }
    }

    private void ConnectIfNeeded()
    {
        if (_held.Count > 0 && !_isConnecting && !_isStopped && _current is null)
        {
            _isConnecting = true;
            _ = ConnectAsync();
        }
    }

    private async Task ConnectAsync()
    {
        var delay = limits.ReconnectDelay;
        var reported = false;
        while (true)
        {
            // Under the lock of the caller only a started task may be left behind: connecting to a listening unix socket completes at once.
            await Task.Yield();
            var error = await TryConnectAsync();
            if (error is null)
            {
                if (reported)
                {
                    WireLog.UpstreamReachable(logger, socketPath);
                }

                return;
            }

            lock (group.Lock)
            {
                _lastError = error;
                _wasAway = true;
                if (_held.Count == 0 || _isStopped)
                {
                    _isConnecting = false; // the next call starts again
                    return;
                }
            }

            if (!reported)
            {
                reported = true;
                WireLog.UpstreamUnreachable(logger, socketPath, error);
            }

            try
            {
                await Task.Delay(delay, time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            delay = delay * 2 < limits.ReconnectDelayMax ? delay * 2 : limits.ReconnectDelayMax;
        }
    }

    /// <summary>Null when the connection is ready, else why not.</summary>
    private async Task<string?> TryConnectAsync()
    {
        Socket? socket = null;
        try
        {
            // Creating it can fail as well (no descriptors left): thrown from here, nobody would ever try again.
            socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), _stop.Token);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            return e.SocketErrorCode == SocketError.AddressNotAvailable ? "there is no such socket file" : e.Message;
        }
        catch (OperationCanceledException)
        {
            socket?.Dispose();
            return "stopping";
        }

        UpstreamConnection link;
        Http2Connection? output;
        lock (group.Lock)
        {
            if (_isStopped)
            {
                socket.Dispose();
                return "stopping";
            }

            link = new UpstreamConnection(socket, this, group, limits, time) { IsProbed = _wasAway && probe is not null };
            _all.Add(link);
            group.Add(link);
            link.Start();
            output = group.TakeOutput();
        }

        ConnectionGroup.Send(output);
        _ = link.RunAsync();
        try
        {
            if (!await link.Ready.Task.WaitAsync(limits.UpstreamSettingsTimeout, time, CancellationToken.None))
            {
                return "it accepted a connection and closed it";
            }
        }
        catch (TimeoutException)
        {
            lock (group.Lock)
            {
                link.Abort();
            }

            return $"it sent no HTTP/2 SETTINGS for {limits.UpstreamSettingsTimeout.TotalSeconds} s";
        }

        return link.IsProbed ? await ProbeAsync(link, probe!) : null;
    }

    /// <summary>Null when the server behind <paramref name="link"/> serves and has got the held calls, else why not.</summary>
    private async Task<string?> ProbeAsync(UpstreamConnection link, UpstreamProbe asked)
    {
        const string Closed = "it accepted a connection and closed it";
        var stream = new UnaryClientStream(limits, new ByteBudget(limits.MessageBytes));
        Http2Connection? output;
        lock (group.Lock)
        {
            if (!link.CanOpen)
            {
                return Closed;
            }

            link.OpenStream(
                stream,
                [GrpcFields.Post, GrpcFields.Http, HeaderField.Create(":path", asked.Path), GrpcFields.Localhost, GrpcFields.ContentType, GrpcFields.TeTrailers],
                endStream: false);
            stream.SendMessage(default, endStream: true);
            output = group.TakeOutput();
        }

        ConnectionGroup.Send(output);
        var isNotYet = false;
        try
        {
            isNotYet = asked.IsNotYet(await stream.Reply.WaitAsync(limits.UpstreamSettingsTimeout, time, _stop.Token));
        }
        catch (TimeoutException)
        {
            // One that is slow to answer serves; the callers have deadlines of their own.
            WireLog.UpstreamProbeTimedOut(logger, socketPath, asked.Path);
        }
        catch (OperationCanceledException)
        {
            return "stopping";
        }

        lock (group.Lock)
        {
            if (isNotYet)
            {
                link.Close(reason: null);
            }
            else if (!link.IsClosed && !link.IsGoingAway)
            {
                _wasAway = false;
                OnReady(link);
            }

            output = group.TakeOutput();
        }

        ConnectionGroup.Send(output);
        return isNotYet ? "it does not serve calls yet" : link.IsClosed || link.IsGoingAway ? Closed : null;
    }
}
