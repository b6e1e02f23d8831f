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
    private const int MaxSerialBytes = 20;
    private const int Version3 = 2;

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

    /// <summary>Whether the subject has a name; a Fulcio certificate's has not.</summary>
    public bool HasSubject { get; private init; }

    public DateTimeOffset NotBefore { get; private init; }

    public DateTimeOffset NotAfter { get; private init; }

    /// <summary>The key in DER.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; private init; }

    /// <summary>The key; of a kind and size that NodeGate accepts.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>The extensions, none twice.</summary>
    public ImmutableArray<CertificateExtension> Extensions { get; private init; } = [];

    /// <summary>Whether it may certify others; null where it does not say so.</summary>
    public BasicConstraints? BasicConstraints { get; private init; }

    /// <summary>What its key may do; null where it does not say so.</summary>
    public KeyUsage? KeyUsage { get; private init; }

    /// <summary>What it is for; null where it does not say so.</summary>
    public ExtendedKeyUsage? ExtendedKeyUsage { get; private init; }

    /// <summary>How the issuer signed: AlgorithmIdentifier in DER, the same inside and outside of the signed part.</summary>
    public ReadOnlyMemory<byte> SignatureAlgorithm { get; private init; }

    public ReadOnlyMemory<byte> Signature { get; private init; }

    /// <summary>Whether the subject is its own issuer by name.</summary>
    public bool IsSelfIssued => Issuer.Span.SequenceEqual(Subject.Span);

    /// <summary>The extension with this identifier, or null.</summary>
    public CertificateExtension? Find(string oid) => Find(Extensions, oid);

    /// <summary>Whether it is the same certificate, byte by byte.</summary>
    public bool IsSame(Certificate other) => Raw.Span.SequenceEqual(other.Raw.Span);

    /// <exception cref="EvidenceFormatException">It is not such a certificate.</exception>
    public static Certificate Read(ReadOnlyMemory<byte> der)
    {
        // check: limit-certificate
        if (der.Length > VerificationLimits.MaxCertificateBytes)
        {
            throw new EvidenceFormatException(
                $"a certificate of {der.Length} bytes; at most {VerificationLimits.MaxCertificateBytes} are read", limitExceeded: true);
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
        var version = 0;
        if (tbs.PeekTag() == versionTag)
        {
            var explicitVersion = tbs.ReadSequence(versionTag);
            version = explicitVersion.TryReadInt32(out var stated) ? stated : 0;
            explicitVersion.ThrowIfNotEmpty();
        }

        // check: certificate-version
        if (version != Version3)
        {
            throw new EvidenceFormatException("the certificate is not of version 3");
        }

        var serial = tbs.ReadIntegerBytes();
        // RFC 5280 section 4.1.2.2.
        // check: certificate-serial
        if (serial.Length > MaxSerialBytes || (serial.Span[0] & 0x80) != 0)
        {
            throw new EvidenceFormatException($"the certificate's serial number is negative or longer than {MaxSerialBytes} bytes");
        }

        var inner = tbs.ReadEncodedValue();
        // check: certificate-algorithms-equal
        if (!inner.Span.SequenceEqual(algorithm.Span))
        {
            throw new EvidenceFormatException("the certificate states two signature algorithms, one signed and one not");
        }

        var issuer = tbs.ReadEncodedValue();
        // check: certificate-issuer-empty
        if (!DistinguishedName.ReadStructure(issuer))
        {
            throw new EvidenceFormatException("the certificate's issuer has no name");
        }

        var validity = tbs.ReadSequence();
        var notBefore = ReadTime(validity);
        var notAfter = ReadTime(validity);
        validity.ThrowIfNotEmpty();
        var subject = tbs.ReadEncodedValue();
        var hasSubject = DistinguishedName.ReadStructure(subject);
        var info = tbs.ReadEncodedValue();
        if (!PublicKey.TryParse(info.Span, out var key, out var error))
        {
            throw new EvidenceFormatException($"the certificate's key cannot be used: {error}");
        }

        var extensions = ReadExtensions(tbs);
        return new Certificate(der)
        {
            Tbs = signed,
            SerialNumber = serial,
            Issuer = issuer,
            Subject = subject,
            HasSubject = hasSubject,
            NotBefore = notBefore,
            NotAfter = notAfter,
            SubjectPublicKeyInfo = info,
            Key = key,
            Extensions = extensions,
            BasicConstraints = Find(extensions, Oids.BasicConstraints) is { } constraints ? BasicConstraints.Read(constraints.Value) : null,
            KeyUsage = Find(extensions, Oids.KeyUsage) is { } usage ? KeyUsage.Read(usage.Value) : null,
            ExtendedKeyUsage = Find(extensions, Oids.ExtendedKeyUsage) is { } extended ? ExtendedKeyUsage.Read(extended) : null,
            SignatureAlgorithm = algorithm,
            Signature = signature,
        };
    }

    /// <summary>UTCTime covers 1950 to 2049; GeneralizedTime is taken for these years too.</summary>
    private static DateTimeOffset ReadTime(AsnReader validity)
    {
        if (validity.PeekTag() == Asn1Tag.UtcTime)
        {
            return validity.ReadUtcTime();
        }

        var isWhole = validity.PeekContentBytes().Length == "YYYYMMDDHHMMSSZ".Length;
        var time = validity.ReadGeneralizedTime();
        // RFC 5280 section 4.1.2.5.2.
        // check: certificate-time-fraction
        if (!isWhole)
        {
            throw new EvidenceFormatException("the certificate's validity has fractions of a second");
        }

        return time;
    }

    private static CertificateExtension? Find(ImmutableArray<CertificateExtension> extensions, string oid) =>
        extensions.FirstOrDefault(e => e.Oid == oid);

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
        // check: certificate-extensions-empty
        if (!list.HasData)
        {
            throw new EvidenceFormatException("the certificate has an empty list of extensions");
        }

        var extensions = ImmutableArray.CreateBuilder<CertificateExtension>();
        while (list.HasData)
        {
            // check: limit-extensions
            if (extensions.Count == VerificationLimits.MaxCertificateExtensions)
            {
                throw new EvidenceFormatException(
                    $"the certificate has more than {VerificationLimits.MaxCertificateExtensions} extensions", limitExceeded: true);
            }

            var entry = list.ReadSequence();
            var oid = entry.ReadObjectIdentifier();
            var stated = entry.PeekTag() == Asn1Tag.Boolean;
            var critical = stated && entry.ReadBoolean();
            // check: certificate-critical-default
            if (stated && !critical)
            {
                throw new EvidenceFormatException($"the certificate's extension {oid} writes out critical FALSE, which DER leaves out");
            }

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
