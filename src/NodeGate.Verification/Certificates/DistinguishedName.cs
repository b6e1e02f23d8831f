using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>Names of certificates (RFC 5280 section 4.1.2.4). They are compared as bytes and shown as text.</summary>
internal static class DistinguishedName
{
    /// <summary>Reads over a name: its structure, in DER.</summary>
    /// <returns>Whether it has any part.</returns>
    /// <exception cref="AsnContentException">It is no name.</exception>
    public static bool ReadStructure(ReadOnlyMemory<byte> der)
    {
        var parts = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var any = parts.HasData;
        while (parts.HasData)
        {
            var part = parts.ReadSetOf();
            do
            {
                var attribute = part.ReadSequence();
                attribute.ReadObjectIdentifier();
                attribute.ReadEncodedValue();
                attribute.ThrowIfNotEmpty();
            }
            while (part.HasData);
        }

        return any;
    }

    /// <summary>The name for a message.</summary>
    public static string Show(ReadOnlyMemory<byte> der)
    {
        try
        {
            return Shown.Text(new X500DistinguishedName(der.Span).Name);
        }
        catch (CryptographicException)
        {
            // A value whose characters are not those of its type; the bytes can be shown always.
            return Shown.Text("#" + Convert.ToHexStringLower(der.Span));
        }
    }
}
