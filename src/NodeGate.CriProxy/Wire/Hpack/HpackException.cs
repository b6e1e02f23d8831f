namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>A header block that cannot be decoded. The connection's compression state is lost with it (COMPRESSION_ERROR).</summary>
internal sealed class HpackException(string message) : Exception(message);
