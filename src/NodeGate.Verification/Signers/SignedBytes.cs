using System.Security.Cryptography;

namespace NodeGate.Verification.Signers;

/// <summary>What is under a signature: bytes, or of an artifact that is known by its digest only, that digest.</summary>
internal sealed class SignedBytes
{
    private readonly byte[]? _sha256;

    public SignedBytes(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
    }

    /// <summary>Of bytes that are not there: only what hashes with SHA-256 can be verified.</summary>
    public SignedBytes(byte[] sha256)
    {
        _sha256 = sha256;
    }

    /// <summary>The bytes, or null where only their digest is known.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; }

    /// <summary>Their hash; null where it cannot be known.</summary>
    public byte[]? Hash(HashAlgorithmName algorithm) => Bytes is { } bytes ? CryptographicOperations.HashData(algorithm, bytes.Span)
        : algorithm == HashAlgorithmName.SHA256 ? _sha256
        : null;
}
