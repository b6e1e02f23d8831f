using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Verification.Keys;
using NodeGate.Verification.Signers;

namespace NodeGate.Verification;

/// <summary>
/// A public key that a policy trusts. One key has exactly one accepted encoding, so <see cref="Fingerprint"/> tells signers apart.
/// Immutable and safe for concurrent use.
/// </summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    private readonly KeyVerifier _verifier;

    internal PublicKey(ReadOnlySpan<byte> subjectPublicKeyInfo, KeyVerifier verifier)
    {
        _verifier = verifier;
        SubjectPublicKeyInfo = subjectPublicKeyInfo.ToArray();
        Fingerprint = Digest.Of(subjectPublicKeyInfo);
    }

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo in DER (RFC 5280 section 4.1): the identity of a signer by key.</summary>
    public Digest Fingerprint { get; }

    /// <summary>The kind of key. It alone selects how signatures are verified; nothing in a signature or payload does.</summary>
    public KeyAlgorithm Algorithm => _verifier.Algorithm;

    /// <summary>
    /// Parses the content of a key file: PEM with exactly one <c>PUBLIC KEY</c> block and nothing but white space around it, or the same in DER.
    /// </summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="key">The key.</param>
    /// <param name="error">What was found, what was expected, and the fix. Never quotes the content: it might be a private key.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> content, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? error) =>
        PublicKeyReader.TryRead(content, out key, out error);

    /// <summary>Parses PEM text; see <see cref="TryParse(ReadOnlySpan{byte}, out PublicKey?, out string?)"/>.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> pem, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? error) =>
        PublicKeyReader.TryReadPem(pem, out key, out error);

    /// <summary>The key in DER.</summary>
    internal ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Whether <paramref name="signature"/> is this key's signature of <paramref name="message"/>.</summary>
    internal bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => _verifier.Verifies(message, signature);

    /// <summary>The same of something of which perhaps only the digest is known.</summary>
    internal bool Verifies(SignedBytes signed, ReadOnlySpan<byte> signature) => signed.Bytes is { } bytes
        ? _verifier.Verifies(bytes.Span, signature)
        : _verifier.VerifiesSha256(signed.Hash(HashAlgorithmName.SHA256), signature);

    /// <summary>The same for a signature of one scheme: false where the key is of another kind.</summary>
    internal bool Verifies(SignatureScheme scheme, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        _verifier.Verifies(scheme, message, signature);

    /// <summary>Whether the key can sign with schemes of this kind.</summary>
    internal bool Is(SignatureKind kind) => _verifier.Is(kind);

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && Fingerprint == other.Fingerprint;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint.GetHashCode();

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint.ToString();
}
