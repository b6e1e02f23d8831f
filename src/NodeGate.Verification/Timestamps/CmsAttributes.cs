using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>The signed attributes of a timestamp (RFC 5652 section 5.3), each with its one value.</summary>
internal sealed class CmsAttributes
{
    private const string SigningCertificate = "1.2.840.113549.1.9.16.2.12";
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _values = new(StringComparer.Ordinal);
    private readonly bool _isV2;
    private readonly HashAlgorithmName _certificateHashAlgorithm;
    private readonly byte[] _certificateHash;

    /// <exception cref="AsnContentException">They are no attributes.</exception>
    /// <exception cref="EvidenceFormatException">One is missing, or there twice.</exception>
    public CmsAttributes(AsnReader attributes)
    {
        while (attributes.HasData)
        {
            var attribute = attributes.ReadSequence();
            var type = attribute.ReadObjectIdentifier();
            var values = attribute.ReadSetOf(skipSortOrderValidation: true);
            attribute.ThrowIfNotEmpty();
            var value = values.ReadEncodedValue();
            values.ThrowIfNotEmpty();
            // check: timestamp-attribute-twice
            if (!_values.TryAdd(type, value))
            {
                throw new EvidenceFormatException($"the timestamp has the signed attribute {type} twice");
            }
        }

        _isV2 = _values.ContainsKey(SigningCertificateV2);
        // SigningCertificate(V2) ::= SEQUENCE { certs, policies OPTIONAL }; the first of the certs is the signer's (RFC 5035 sections 3 and 5).
        var first = Single(_isV2 ? SigningCertificateV2 : SigningCertificate).ReadSequence().ReadSequence().ReadSequence();
        _certificateHashAlgorithm = !_isV2 ? HashAlgorithmName.SHA1
            : first.PeekTag() == Asn1Tag.PrimitiveOctetString ? HashAlgorithmName.SHA256
            : CmsAlgorithm.ReadHash(first)
                ?? throw new EvidenceFormatException("the timestamp names its certificate by a hash that is not SHA-256, SHA-384 or SHA-512");
        _certificateHash = first.ReadOctetString();
    }

    /// <summary>The value of an attribute.</summary>
    /// <exception cref="EvidenceFormatException">There is none.</exception>
    public AsnReader Single(string type) => _values.TryGetValue(type, out var value)
        ? new AsnReader(value, AsnEncodingRules.DER)
        : throw new EvidenceFormatException($"the timestamp lacks the signed attribute {type}");

    /// <summary>
    /// Whether the signing-certificate attribute is about this certificate. With SHA-1, as RFC 3161 had it first, it only tells certificates apart.
    /// </summary>
    public bool Bind(Certificate certificate) =>
        CryptographicOperations.HashData(_certificateHashAlgorithm, certificate.Raw.Span).AsSpan().SequenceEqual(_certificateHash);
}
