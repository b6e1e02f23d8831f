using System.Formats.Asn1;

namespace NodeGate.Verification.Certificates;

/// <summary>What a certificate's key may do (RFC 5280 section 4.2.1.3); only the bits that decide something.</summary>
internal sealed record KeyUsage(bool DigitalSignature, bool CertificateSigning)
{
    private const int DigitalSignatureBit = 0;
    private const int CertificateSigningBit = 5;

    /// <exception cref="AsnContentException">Not DER.</exception>
    public static KeyUsage Read(ReadOnlyMemory<byte> der)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var bits = reader.ReadNamedBitList();
        reader.ThrowIfNotEmpty();
        return new KeyUsage(
            bits.Length > DigitalSignatureBit && bits[DigitalSignatureBit],
            bits.Length > CertificateSigningBit && bits[CertificateSigningBit]);
    }
}
