using System.Formats.Asn1;
using NodeGate.Verification.Certificates;

namespace NodeGate.Verification.Timestamps;

/// <summary>A certificate's name for its key (RFC 5280 section 4.2.1.2). It only finds a certificate; it proves nothing.</summary>
internal static class SubjectKeyIdentifier
{
    private const string Oid = "2.5.29.14";

    /// <summary>The identifier, empty where there is none.</summary>
    public static ReadOnlySpan<byte> Of(Certificate certificate) =>
        certificate.Find(Oid) is { } extension && AsnDecoder.TryReadPrimitiveOctetString(extension.Value.Span, AsnEncodingRules.DER, out var identifier, out _)
            ? identifier
            : default;
}
