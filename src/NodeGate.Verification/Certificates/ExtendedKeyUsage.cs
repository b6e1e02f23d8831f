using System.Collections.Immutable;
using System.Formats.Asn1;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>What a certificate is for (RFC 5280 section 4.2.1.12).</summary>
/// <param name="Purposes">The purposes' object identifiers; never empty.</param>
/// <param name="IsCritical">Whether the extension is critical, as a timestamp authority's must be.</param>
internal sealed record ExtendedKeyUsage(ImmutableArray<string> Purposes, bool IsCritical)
{
    public bool Has(string purpose) => Purposes.Contains(purpose, StringComparer.Ordinal);

    /// <exception cref="AsnContentException">Not DER.</exception>
    /// <exception cref="EvidenceFormatException">Without purposes.</exception>
    public static ExtendedKeyUsage Read(CertificateExtension extension)
    {
        var outer = new AsnReader(extension.Value, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var purposes = ImmutableArray.CreateBuilder<string>(initialCapacity: 1);
        while (sequence.HasData)
        {
            purposes.Add(sequence.ReadObjectIdentifier());
        }

        // check: extended-key-usage-empty
        if (purposes.Count == 0)
        {
            throw new EvidenceFormatException("the certificate's extended key usage is empty");
        }

        return new ExtendedKeyUsage(purposes.ToImmutable(), extension.IsCritical);
    }
}
