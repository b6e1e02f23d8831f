namespace NodeGate.CriProxy.Wire;

/// <summary>
/// A call of NodeGate's own that tells whether a server that takes connections again serves calls already. Asked only after it was away:
/// the calls held meanwhile would otherwise be the very first that it gets, and fail for coming a moment too early.
/// </summary>
/// <param name="Path">The method, called with an empty message.</param>
/// <param name="IsNotYet">True for the answer of a server that does not serve yet. Every other answer, errors too, is one of a server that does.</param>
internal sealed record UpstreamProbe(string Path, Func<GrpcReply, bool> IsNotYet);
