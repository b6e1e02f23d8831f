namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>The peer broke a rule in a way that ends the connection (GOAWAY with <see cref="Code"/>).</summary>
internal sealed class Http2Exception(Http2ErrorCode code, string message) : Exception(message)
{
    public Http2ErrorCode Code { get; } = code;
}
