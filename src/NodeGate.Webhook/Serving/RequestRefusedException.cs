namespace NodeGate.Webhook.Serving;

/// <summary>A request that is answered with an error of HTTP.</summary>
internal sealed class RequestRefusedException(int status, string message) : Exception(message)
{
    /// <summary>The status.</summary>
    internal int Status { get; } = status;
}
