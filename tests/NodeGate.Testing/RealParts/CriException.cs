namespace NodeGate.Testing.RealParts;

/// <summary>A call that ended with another status than OK.</summary>
public sealed class CriException(string path, int status, string statusMessage)
    : Exception($"{path}: grpc-status {status}: {statusMessage}")
{
    public int Status { get; } = status;

    public string StatusMessage { get; } = statusMessage;
}
