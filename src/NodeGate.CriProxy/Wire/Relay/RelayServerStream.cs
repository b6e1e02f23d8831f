using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>The client's end of a relayed call: what arrives goes to containerd as it is.</summary>
internal sealed class RelayServerStream : ServerStream
{
    private readonly UpstreamLinks _links;

    public RelayServerStream(UpstreamLinks links)
    {
        _links = links;
        Upstream = new RelayClientStream(this);
    }

    public RelayClientStream Upstream { get; }

    public override void OnHeaders(ReadOnlySpan<HeaderField> fields, bool endStream) => Upstream.SendHeaders(fields, endStream);

    public override void OnData(ReadOnlySpan<byte> data, bool endStream) => Upstream.SendData(data, endStream);

    public override void OnReset(Http2ErrorCode code, bool wasComplete) => StopUpstream(code);

    public override void OnConnectionLost() => StopUpstream(Http2ErrorCode.Cancel);

    public override void OnStreamError(Http2ErrorCode code) => StopUpstream(Http2ErrorCode.Cancel);

    protected override void OnSent(int bytes) => Upstream.Credit(bytes);

    private void StopUpstream(Http2ErrorCode code)
    {
        if (_links.TryRelease(Upstream))
        {
            Upstream.End();
            return;
        }

        Upstream.SendReset(code);
    }
}
