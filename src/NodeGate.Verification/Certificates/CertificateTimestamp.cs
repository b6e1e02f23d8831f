using System.Buffers.Binary;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>A log's promise to publish a certificate (RFC 6962 section 3.2, SignedCertificateTimestamp v1).</summary>
/// <param name="LogId">SHA-256 of the log's key.</param>
/// <param name="Milliseconds">When, in milliseconds since 1970.</param>
/// <param name="Extensions">What the log adds; signed, not read.</param>
/// <param name="HashAlgorithm">The hash (RFC 5246 section 7.4.1.4.1).</param>
/// <param name="SignatureAlgorithm">The kind of signature.</param>
/// <param name="Signature">The signature.</param>
internal sealed record CertificateTimestamp(
    ReadOnlyMemory<byte> LogId,
    long Milliseconds,
    ReadOnlyMemory<byte> Extensions,
    byte HashAlgorithm,
    byte SignatureAlgorithm,
    ReadOnlyMemory<byte> Signature)
{
    private const int LogIdBytes = 32;

    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);

    /// <summary>Reads the list that a certificate embeds (section 3.3), without its DER wrapping.</summary>
    /// <exception cref="EvidenceFormatException">It is no such list.</exception>
    public static List<CertificateTimestamp> ReadList(ReadOnlyMemory<byte> bytes)
    {
        var list = Sized(ref bytes);
        End(bytes);
        // check: sct-list-empty
        if (list.IsEmpty)
        {
            throw new EvidenceFormatException("the certificate's list of SCTs is empty");
        }

        var timestamps = new List<CertificateTimestamp>(1);
        while (!list.IsEmpty)
        {
            // check: limit-certificate-timestamps
            if (timestamps.Count == VerificationLimits.MaxCertificateTimestamps)
            {
                throw new EvidenceFormatException(
                    $"the certificate has more than {VerificationLimits.MaxCertificateTimestamps} SCTs", limitExceeded: true);
            }

            timestamps.Add(Read(Sized(ref list)));
        }

        return timestamps;
    }

    private static CertificateTimestamp Read(ReadOnlyMemory<byte> bytes)
    {
        var version = Take(ref bytes, 1).Span[0];
        // check: sct-version
        if (version != 0)
        {
            throw new EvidenceFormatException($"an SCT of the certificate has version {version}; expected 0 (v1)");
        }

        var logId = Take(ref bytes, LogIdBytes);
        var time = BinaryPrimitives.ReadUInt64BigEndian(Take(ref bytes, sizeof(ulong)).Span);
        // check: sct-time
        if (time > (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            throw new EvidenceFormatException("an SCT of the certificate has a time after the year 9999");
        }

        var extensions = Sized(ref bytes);
        var algorithm = Take(ref bytes, 2);
        var signature = Sized(ref bytes);
        End(bytes);
        return new CertificateTimestamp(logId, (long)time, extensions, algorithm.Span[0], algorithm.Span[1], signature);
    }

    private static ReadOnlyMemory<byte> Sized(ref ReadOnlyMemory<byte> bytes) =>
        Take(ref bytes, BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, sizeof(ushort)).Span));

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        if (bytes.Length < count)
        {
            throw new EvidenceFormatException("the certificate's list of SCTs is cut off");
        }

        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static void End(ReadOnlyMemory<byte> bytes)
    {
        // check: sct-trailing
        if (!bytes.IsEmpty)
        {
            throw new EvidenceFormatException("the certificate's list of SCTs has trailing bytes");
        }
    }
}
