using System.Net.Sockets;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>One connection to containerd, as the client.</summary>
internal sealed class UpstreamConnection(Socket socket, UpstreamLinks owner, ConnectionGroup group, WireLimits limits, TimeProvider time)
    : Http2Connection(socket, group, limits, time, limits.ResponseHeaderListBytes)
{
    // Far below 2^31 - 1: a new connection takes over long before the ids run out.
    private const int LastStreamId = 0x7000_0001;

    private int _nextStream = 1;

    /// <summary>Completed by containerd's SETTINGS (true) or by the end of the connection (false).</summary>
    public TaskCompletionSource<bool> Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady { get; private set; }

    /// <summary>The owner asks whether the server serves before it gives this connection calls.</summary>
    public bool IsProbed { get; init; }

    /// <summary>containerd sent GOAWAY: what runs may finish, nothing new starts here.</summary>
    public bool IsGoingAway { get; private set; }

    public bool CanOpen => IsReady && !IsGoingAway && !IsClosed && StreamCount < PeerConcurrentStreams;

    protected override int LastPeerStream => 0;

    /// <summary>Preface and SETTINGS.</summary>
    public void Start()
    {
        Output.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        WriteSettings(
        [
            (Http2Setting.EnablePush, 0),
            (Http2Setting.InitialWindowSize, Limits.StreamWindowBytes),
            (Http2Setting.MaxHeaderListSize, Limits.ResponseHeaderListBytes),
        ]);
    }

    public void OpenStream(ClientStream stream, ReadOnlySpan<HeaderField> fields, bool endStream)
    {
        Open(stream, _nextStream);
        _nextStream += 2;
        IsGoingAway |= _nextStream > LastStreamId;

        // SendHeaders would take the headers of a held call, which has data queued behind them, for trailers.
        stream.WriteLeading(fields, endStream);
        stream.Pump();
    }

    protected override void OnUnknownStreamHeaders(int streamId, HeaderList headers, bool endStream)
    {
        if (IsIdle(streamId))
        {
            throw new Http2Exception(Http2ErrorCode.ProtocolError, $"an answer on idle stream {streamId}");
        }
    }

    protected override bool IsIdle(int streamId) => streamId >= _nextStream || (streamId & 1) == 0;

    protected override void OnSettings()
    {
        if (!IsReady)
        {
            IsReady = true;
            Ready.TrySetResult(true);
            if (!IsProbed)
            {
                owner.OnReady(this);
            }
        }
        else
        {
            owner.OnCapacity();
        }
    }

    protected override void OnGoAway(int lastStreamId, Http2ErrorCode code)
    {
        IsGoingAway = true;
        foreach (var stream in Streams.ToArray())
        {
            if (stream.Id > lastStreamId)
            {
                // RFC 9113 section 6.8: not processed, and so safe to try again. REFUSED_STREAM says exactly this to the caller.
                stream.End();
                stream.OnReset(Http2ErrorCode.RefusedStream, wasComplete: false);
            }
        }

        owner.OnGoingAway(this);
        CloseIfIdle();
    }

    protected override void OnStreamRemoved()
    {
        CloseIfIdle();
        owner.OnCapacity();
    }

    protected override void OnClosed()
    {
        Ready.TrySetResult(false);
        owner.OnLost(this);
    }

    private void CloseIfIdle()
    {
        if (IsGoingAway && StreamCount == 0 && !IsClosed)
        {
            Close(reason: null);
        }
    }
}
