using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Wire.Relay;

/// <summary>A call to containerd. It may exist before its connection does (held).</summary>
internal abstract class ClientStream : Http2Stream
{
    /// <summary>The request headers of a held call, null once they were written.</summary>
    public HeaderField[]? HeldHeaders { get; set; }

    /// <summary>END_STREAM stood on the held headers.</summary>
    public bool HeldEndStream { get; set; }

    /// <summary>When a held call is answered UNAVAILABLE (a timestamp of the TimeProvider).</summary>
    public long HeldUntil { get; set; }

    public int HeldBytes { get; set; }

    /// <summary>The call was not or cannot be answered by containerd. The stream is over.</summary>
    public abstract void OnUnavailable(string message);
}
