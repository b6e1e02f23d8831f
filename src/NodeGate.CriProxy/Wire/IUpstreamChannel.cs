namespace NodeGate.CriProxy.Wire;

/// <summary>Unary calls to containerd, for the gated methods. One shared connection, re-established when containerd restarts.</summary>
internal interface IUpstreamChannel
{
    /// <summary>
    /// Sends <paramref name="request"/> and waits for the complete answer. While containerd cannot be reached the call is held until it
    /// can, or until the request's deadline or 30 seconds, and is then answered UNAVAILABLE (design.md section 2). A connection lost
    /// after the request was written is answered UNAVAILABLE as well: the call may have run, so it is never sent twice.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up; the upstream stream was reset with CANCEL.</exception>
    Task<GrpcReply> CallAsync(GrpcRequest request, CancellationToken cancellationToken);
}
