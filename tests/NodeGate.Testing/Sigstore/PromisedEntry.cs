using System.Text;

namespace NodeGate.Testing.Sigstore;

/// <summary>What a signed entry timestamp of Rekor v1 is about.</summary>
/// <param name="Body">The entry's body.</param>
/// <param name="IntegratedTime">Unix seconds.</param>
/// <param name="LogId">The log.</param>
/// <param name="LogIndex">Its global index.</param>
public sealed record PromisedEntry(byte[] Body, long IntegratedTime, byte[] LogId, long LogIndex)
{
    internal byte[] ToBeSigned() => Encoding.ASCII.GetBytes(
        $"{{\"body\":\"{Convert.ToBase64String(Body)}\",\"integratedTime\":{IntegratedTime},"
        + $"\"logID\":\"{Convert.ToHexStringLower(LogId)}\",\"logIndex\":{LogIndex}}}");
}
