using System.Collections.Immutable;
using System.Formats.Asn1;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>
/// An X.509 v3 certificate (RFC 5280 section 4.1) in strict DER, read and not verified. X509Certificate2 is not used for decisions: it takes
/// BER, SHA-1 and duplicate extensions (verification.md section 7.2).
/// </summary>
internal sealed class Certificate
{
    private Certificate(ReadOnlyMemory<byte> raw)
    {
        Raw = raw;
    }

    /// <summary>The whole certificate.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The signed part, with its tag and length.</summary>
    public ReadOnlyMemory<byte> Tbs { get; private init; }

    /// <summary>The serial number's content bytes.</summary>
    public ReadOnlyMemory<byte> SerialNumber { get; private init; }

    /// <summary>The issuer's name in DER; names are compared byte by byte.</summary>
    public ReadOnlyMemory<byte> Issuer { get; private init; }

    /// <summary>The subject's name in DER.</summary>
    public ReadOnlyMemory<byte> Subject { get; private init; }

    public DateTimeOffset NotBefore { get; private init; }

    public DateTimeOffset NotAfter { get; private init; }

    /// <summary>The key in DER.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; private init; }

    /// <summary>The key; of a kind and size that NodeGate accepts.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>The extensions, none twice.</summary>
    public ImmutableArray<CertificateExtension> Extensions { get; private init; } = [];

    /// <summary>How the issuer signed: AlgorithmIdentifier in DER, the same inside and outside of the signed part.</summary>
    public ReadOnlyMemory<byte> SignatureAlgorithm { get; private init; }

    public ReadOnlyMemory<byte> Signature { get; private init; }

    /// <summary>Whether the subject is its own issuer by name.</summary>
    public bool IsSelfIssued => Issuer.Span.SequenceEqual(Subject.Span);

    /// <summary>The extension with this identifier, or null.</summary>
    public CertificateExtension? Find(string oid) => Extensions.FirstOrDefault(e => e.Oid == oid);

    /// <exception cref="EvidenceFormatException">It is not such a certificate.</exception>
    public static Certificate Read(ReadOnlyMemory<byte> der)
    {
        // check: limit-certificate
        if (der.Length > VerificationLimits.MaxCertificateBytes)
        {
            throw new EvidenceFormatException($"a certificate of {der.Length} bytes; at most {VerificationLimits.MaxCertificateBytes} are read", limitExceeded: true);
        }

        try
        {
            return ReadStrict(der);
        }
        catch (AsnContentException e)
        {
            throw new EvidenceFormatException($"the certificate is not strict DER: {e.Message}");
        }
    }

    private static Certificate ReadStrict(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var certificate = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var signed = certificate.PeekEncodedValue();
        var tbs = certificate.ReadSequence();
        var algorithm = certificate.ReadEncodedValue();
        var signature = certificate.ReadBitString(out var unused);
        certificate.ThrowIfNotEmpty();
        // check: certificate-signature-bits
        if (unused != 0)
        {
            throw new EvidenceFormatException("the certificate's signature is not of whole bytes");
        }

        var versionTag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        // check: certificate-version
        if (!tbs.PeekTag().HasSameClassAndValue(versionTag) || !tbs.ReadSequence(versionTag).TryReadInt32(out var version) || version != 2)
        {
            throw new EvidenceFormatException("the certificate is not of version 3");
        }

        var serial = tbs.ReadIntegerBytes();
        var inner = tbs.ReadEncodedValue();
        // check: certificate-algorithms-equal
        if (!inner.Span.SequenceEqual(algorithm.Span))
        {
            throw new EvidenceFormatException("the certificate states two signature algorithms, one signed and one not");
        }

        var issuer = tbs.ReadEncodedValue();
        var validity = tbs.ReadSequence();
        var notBefore = ReadTime(validity);
        var notAfter = ReadTime(validity);
        validity.ThrowIfNotEmpty();
        var subject = tbs.ReadEncodedValue();
        var info = tbs.ReadEncodedValue();
        if (!PublicKey.TryParse(info.Span, out var key, out var error))
        {
            throw new EvidenceFormatException($"the certificate's key cannot be used: {error}");
        }

        return new Certificate(der)
        {
            Tbs = signed,
            SerialNumber = serial,
            Issuer = issuer,
            Subject = subject,
            NotBefore = notBefore,
            NotAfter = notAfter,
            SubjectPublicKeyInfo = info,
            Key = key,
            Extensions = ReadExtensions(tbs),
            SignatureAlgorithm = algorithm,
            Signature = signature,
        };
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag() == Asn1Tag.UtcTime ? validity.ReadUtcTime() : validity.ReadGeneralizedTime();

    private static ImmutableArray<CertificateExtension> ReadExtensions(AsnReader tbs)
    {
        if (!tbs.HasData)
        {
            return [];
        }

        // Unique identifiers ([1], [2]) would have to stand here; nobody uses them, so anything but extensions is refused.
        var tag = new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true);
        var wrapper = tbs.ReadSequence(tag);
        tbs.ThrowIfNotEmpty();
        var list = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        var extensions = ImmutableArray.CreateBuilder<CertificateExtension>();
        while (list.HasData)
        {
            // check: limit-extensions
            if (extensions.Count == VerificationLimits.MaxCertificateExtensions)
            {
                throw new EvidenceFormatException($"the certificate has more than {VerificationLimits.MaxCertificateExtensions} extensions", limitExceeded: true);
            }

            var entry = list.ReadSequence();
            var oid = entry.ReadObjectIdentifier();
            var critical = entry.PeekTag() == Asn1Tag.Boolean && entry.ReadBoolean();
            var value = entry.ReadOctetString();
            entry.ThrowIfNotEmpty();
            // RFC 5280 section 4.2: two of a kind would let two readers see two identities.
            // check: certificate-extension-twice
            if (extensions.Any(e => e.Oid == oid))
            {
                throw new EvidenceFormatException($"the certificate has the extension {oid} twice");
            }

            extensions.Add(new CertificateExtension(oid, critical, value));
        }

        return extensions.DrainToImmutable();
    }
}
