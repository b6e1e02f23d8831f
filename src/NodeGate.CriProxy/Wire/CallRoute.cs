namespace NodeGate.CriProxy.Wire;

/// <summary>What happens to a call, decided from its path alone. The zero is the strict one.</summary>
internal abstract record CallRoute
{
    private CallRoute()
    {
    }

    /// <summary>Answered with this status (UNIMPLEMENTED for every service that is not the CRI) and never sent upstream.</summary>
    internal sealed record Refuse(GrpcStatusCode Status, string Message) : CallRoute;

    /// <summary>Sent upstream frame by frame, untouched.</summary>
    internal sealed record Relay : CallRoute;

    /// <summary>Read completely and answered by <paramref name="Method"/>.</summary>
    internal sealed record Gate(IGatedMethod Method) : CallRoute;
}
