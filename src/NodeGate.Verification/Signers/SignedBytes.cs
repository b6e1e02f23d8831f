using System.Security.Cryptography;

namespace NodeGate.Verification.Signers;

/// <summary>What is under a signature: bytes, or of an artifact that is known by its digest only, that digest.</summary>
internal sealed class SignedBytes
{
    private readonly byte[]? _sha256;

    private SignedBytes(ReadOnlyMemory<byte>? bytes, byte[]? sha256)
    {
        Bytes = bytes;
        _sha256 = sha256;
    }

    /// <summary>The bytes, or null where only their digest is known.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; }

    public static SignedBytes Of(ReadOnlyMemory<byte> bytes) => new(bytes, null);

    /// <summary>Of bytes that are not there: only what hashes with SHA-256 can be verified.</summary>
    public static SignedBytes OfSha256(byte[] sha256) => new(null, sha256);

    /// <summary>Their hash; null where it cannot be known.</summary>
    public byte[]? Hash(HashAlgorithmName algorithm) => Bytes is { } bytes ? CryptographicOperations.HashData(algorithm, bytes.Span)
        : algorithm == HashAlgorithmName.SHA256 ? _sha256
        : null;
}
