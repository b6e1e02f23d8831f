using System.Formats.Asn1;
using NodeGate.Verification.Certificates;

namespace NodeGate.Verification.Timestamps;

/// <summary>A certificate's name for its key (RFC 5280 section 4.2.1.2). It only finds a certificate; it proves nothing.</summary>
internal static class SubjectKeyIdentifier
{
    private const string Oid = "2.5.29.14";

    /// <summary>The identifier, empty where there is none or it cannot be read: the certificate is a stranger's.</summary>
    public static ReadOnlySpan<byte> Of(Certificate certificate)
    {
        try
        {
            return certificate.Find(Oid) is { } extension ? AsnDecoder.ReadOctetString(extension.Value.Span, AsnEncodingRules.DER, out _) : default;
        }
        catch (AsnContentException)
        {
            return default;
        }
    }
}
