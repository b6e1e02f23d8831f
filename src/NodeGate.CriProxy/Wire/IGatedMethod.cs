namespace NodeGate.CriProxy.Wire;

/// <summary>A unary method that NodeGate answers itself.</summary>
internal interface IGatedMethod
{
    /// <summary>Whether a call may last for minutes, because somebody far away takes part in it. Such calls never take the last places.</summary>
    bool IsLong => false;

    /// <summary>
    /// Answers <paramref name="request"/>. <paramref name="callAborted"/> fires when the caller cancels, its deadline passes or its
    /// connection is lost; the answer is then not sent. An exception other than that cancellation is answered INTERNAL and logged.
    /// </summary>
    Task<GrpcReply> HandleAsync(GrpcRequest request, CancellationToken callAborted);
}
