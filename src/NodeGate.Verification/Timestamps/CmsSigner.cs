using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Keys;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>Who signed a timestamp, and how (RFC 5652 section 5.3, SignerInfo), with the signed attributes that RFC 3161 asks for.</summary>
internal sealed class CmsSigner
{
    private const string ContentTypeAttribute = "1.2.840.113549.1.9.3";
    private const string MessageDigestAttribute = "1.2.840.113549.1.9.4";

    private static readonly Asn1Tag KeyIdentifierTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag SignedAttributesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag UnsignedAttributesTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    private readonly ReadOnlyMemory<byte> _issuer;
    private readonly ReadOnlyMemory<byte> _serialNumber;
    private readonly ReadOnlyMemory<byte> _keyIdentifier;
    private readonly SignatureScheme _scheme;
    private readonly byte[] _signedBytes;
    private readonly byte[] _signature;
    private readonly CmsAttributes _attributes;

    /// <exception cref="AsnContentException">It is no SignerInfo.</exception>
    /// <exception cref="EvidenceFormatException">It is none that is accepted.</exception>
    public CmsSigner(AsnReader signer)
    {
        signer.ReadIntegerBytes();
        if (signer.PeekTag().HasSameClassAndValue(KeyIdentifierTag))
        {
            _keyIdentifier = signer.ReadOctetString(KeyIdentifierTag);
        }
        else
        {
            var identifier = signer.ReadSequence();
            _issuer = identifier.ReadEncodedValue();
            _serialNumber = identifier.ReadIntegerBytes();
            identifier.ThrowIfNotEmpty();
        }

        var hash = CmsAlgorithm.ReadHash(signer);
        // check: timestamp-hash
        if (hash is null)
        {
            throw new EvidenceFormatException("the timestamp is signed with a hash that is not SHA-256, SHA-384 or SHA-512");
        }

        Hash = hash.Value;
        // Sent with the tag [0], and signed as the SET OF that they are (RFC 5652 section 5.4).
        _signedBytes = signer.PeekEncodedValue().ToArray();
        _signedBytes[0] = 0x31;
        _attributes = new CmsAttributes(signer.ReadSetOf(skipSortOrderValidation: true, SignedAttributesTag));
        _scheme = CmsAlgorithm.ReadScheme(signer.ReadEncodedValue().Span, Hash);
        _signature = signer.ReadOctetString();
        if (signer.HasData)
        {
            // Unsigned attributes: nobody vouches for them.
            signer.ReadSetOf(skipSortOrderValidation: true, UnsignedAttributesTag);
        }

        signer.ThrowIfNotEmpty();
    }

    /// <summary>The hash of the content.</summary>
    public HashAlgorithmName Hash { get; }

    /// <summary>The signed attributes are about this content: its type and its hash. Without them the signature would be over nothing of it.</summary>
    /// <exception cref="EvidenceFormatException">They are not.</exception>
    public void CheckContent(string type, ReadOnlySpan<byte> content)
    {
        var signedType = _attributes.Single(ContentTypeAttribute).ReadObjectIdentifier();
        // check: timestamp-content-type
        if (signedType != type)
        {
            throw new EvidenceFormatException($"the timestamp's signature is for content of the type {signedType}, not {type}");
        }

        var digest = _attributes.Single(MessageDigestAttribute).ReadOctetString();
        // check: timestamp-message-digest
        if (!digest.AsSpan().SequenceEqual(CryptographicOperations.HashData(Hash, content)))
        {
            throw new EvidenceFormatException("the timestamp's signature is for another content");
        }
    }

    /// <summary>Whether the signer says that this is its certificate: by name and number or key identifier, and by the certificate's hash.</summary>
    public bool Names(Certificate certificate)
    {
        var named = _keyIdentifier.IsEmpty
            ? certificate.Issuer.Span.SequenceEqual(_issuer.Span) && certificate.SerialNumber.Span.SequenceEqual(_serialNumber.Span)
            : SubjectKeyIdentifier.Of(certificate).SequenceEqual(_keyIdentifier.Span);
        if (!named)
        {
            return false;
        }

        // Issuer and number are anybody's to repeat; the hash is under the signature (RFC 5035).
        // check: timestamp-bound-certificate
        if (!_attributes.Bind(certificate))
        {
            return false;
        }

        return true;
    }

    /// <summary>Whether the certificate's key made the signature.</summary>
    public bool IsSignedBy(Certificate certificate) => certificate.Key.Verifies(_scheme, _signedBytes, _signature);
}
