using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace NodeGate.Oci;

/// <summary>
/// A content digest, <c>algorithm:hex</c> in lower case (OCI image specification, descriptor.md "Digests"). A class and not a struct
/// so that no default, unparsed digest can exist.
/// </summary>
/// <remarks>
/// Upper-case hexadecimal is refused, not folded: two spellings of one digest would be two keys in every cache and two tags in the
/// fallback scheme. Nothing but a parsed digest may become part of a URL or path (containers/image CVE-2024-3727).
/// </remarks>
public sealed class Digest : IEquatable<Digest>
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly string _text;

    private Digest(DigestAlgorithm algorithm, string text)
    {
        Algorithm = algorithm;
        _text = text;
    }

    /// <summary>The algorithm.</summary>
    public DigestAlgorithm Algorithm { get; }

    /// <summary>The hexadecimal part, lower case.</summary>
    public string Hex => _text[(_text.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Parses <paramref name="text"/>; false for anything but <c>sha256:</c> with 64 or <c>sha512:</c> with 128 lower-case hexadecimal characters.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Digest? digest)
    {
        digest = null;
        if (!TrySplit(text, out var algorithm, out var hex) || hex.ContainsAnyExcept(LowerHex))
        {
            return false;
        }

        digest = new Digest(algorithm, text.ToString());
        return true;
    }

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">It is not a digest; the message says what was expected.</exception>
    public static Digest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var digest)
            ? digest
            : throw new FormatException(
                $"'{DisplayText.Of(text)}' is not a digest: expected 'sha256:' and 64, or 'sha512:' and 128, lower-case hexadecimal characters.");
    }

    /// <summary>The digest of <paramref name="content"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> content, DigestAlgorithm algorithm = DigestAlgorithm.Sha256) => algorithm switch
    {
        DigestAlgorithm.Sha256 => FromHash(algorithm, SHA256.HashData(content)),
        DigestAlgorithm.Sha512 => FromHash(algorithm, SHA512.HashData(content)),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "Not a digest algorithm."),
    };

    /// <summary>The digest whose hash value is <paramref name="hash"/>.</summary>
    /// <exception cref="ArgumentException">The length does not belong to <paramref name="algorithm"/>.</exception>
    public static Digest FromHash(DigestAlgorithm algorithm, ReadOnlySpan<byte> hash)
    {
        if (hash.Length != HexLength(algorithm) / 2)
        {
            throw new ArgumentException($"A hash of {hash.Length} bytes is not a {algorithm} hash.", nameof(hash));
        }

        return new Digest(algorithm, Prefix(algorithm) + Convert.ToHexStringLower(hash));
    }

    /// <summary>The hash value.</summary>
    public byte[] ToHash() => Convert.FromHexString(Hex);

    /// <summary>True when <paramref name="content"/> hashes to this digest.</summary>
    public bool Matches(ReadOnlySpan<byte> content) => Equals(Of(content, Algorithm));

    /// <inheritdoc/>
    public bool Equals(Digest? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Digest);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>The canonical text, <c>algorithm:hex</c>.</summary>
    public override string ToString() => _text;

    /// <summary>Equality by algorithm and value.</summary>
    public static bool operator ==(Digest? left, Digest? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Inequality by algorithm or value.</summary>
    public static bool operator !=(Digest? left, Digest? right) => !(left == right);

    private static bool TrySplit(ReadOnlySpan<char> text, out DigestAlgorithm algorithm, out ReadOnlySpan<char> hex)
    {
        foreach (var candidate in (ReadOnlySpan<DigestAlgorithm>)[DigestAlgorithm.Sha256, DigestAlgorithm.Sha512])
        {
            var prefix = Prefix(candidate);
            if (text.StartsWith(prefix, StringComparison.Ordinal) && text.Length == prefix.Length + HexLength(candidate))
            {
                algorithm = candidate;
                hex = text[prefix.Length..];
                return true;
            }
        }

        algorithm = default;
        hex = default;
        return false;
    }

    private static string Prefix(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Sha512 ? "sha512:" : "sha256:";

    private static int HexLength(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Sha512 ? 128 : 64;
}
