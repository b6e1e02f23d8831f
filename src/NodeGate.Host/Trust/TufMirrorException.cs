namespace NodeGate.Host.Trust;

/// <summary>A mirror did not answer, or not with what a mirror answers with. The message says which URL and what came.</summary>
public sealed class TufMirrorException(string message, Exception? inner = null) : IOException(message, inner);
