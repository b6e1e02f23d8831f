using System.Security.Cryptography;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>A hash in the body of a log entry: <c>{"algorithm", "value"}</c>, the value in lower-case hexadecimal.</summary>
internal sealed record StatedHash(HashAlgorithmName Algorithm, string Value)
{
    /// <exception cref="EvidenceFormatException">It is not such a hash.</exception>
    public static StatedHash Read(StrictNode hash)
    {
        hash.Only("algorithm", "value");
        var algorithm = hash.Required("algorithm");
        return new StatedHash(
            algorithm.Text() switch
            {
                "sha256" => HashAlgorithmName.SHA256,
                "sha384" => HashAlgorithmName.SHA384,
                "sha512" => HashAlgorithmName.SHA512,
                _ => throw algorithm.Wrong($"is {Shown.Text(algorithm.Text())}; expected sha256, sha384 or sha512"),
            },
            hash.Required("value").Text());
    }

    /// <summary>Whether this is the hash, which is null where it cannot be known.</summary>
    public bool Is(byte[]? hash) => hash is not null && Value == Convert.ToHexStringLower(hash);

    public bool IsOf(ReadOnlySpan<byte> bytes) => Is(CryptographicOperations.HashData(Algorithm, bytes));

    public override string ToString() => $"{Algorithm.Name} {Shown.Text(Value)}";
}
