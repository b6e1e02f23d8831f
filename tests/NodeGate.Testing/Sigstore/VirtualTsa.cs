using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>A timestamp authority (RFC 3161), its CMS (RFC 5652) written by hand, since faults are what it is for.</summary>
public sealed class VirtualTsa
{
    private static readonly byte[] LeafName = Der.Name((Oids.Organization, "virtual.test"), (Oids.CommonName, "virtual-tsa"));
    private static readonly byte[] MiddleName = Der.Name((Oids.Organization, "virtual.test"), (Oids.CommonName, "virtual-tsa-intermediate"));
    private static readonly byte[] RootName = Der.Name((Oids.Organization, "virtual.test"), (Oids.CommonName, "virtual-tsa-root"));

    private readonly VirtualTsaOptions _options;

    public VirtualTsa(VirtualTsaOptions? options = null)
    {
        _options = options ?? new VirtualTsaOptions();
        LeafKey = _options.LeafKey ?? SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA256);
        RootKey = _options.RootKey ?? SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384);
        var (from, to) = (_options.NotBefore, _options.NotAfter);
        Root = Altered(_options.AlterRoot, CertificateTemplate.Authority(RootName, RootKey, RootName, RootKey, from, to, pathLength: null)).Sign(RootKey);
        var (issuerName, issuerKey) = (RootName, RootKey);
        if (_options.Intermediate)
        {
            (issuerName, issuerKey) = (MiddleName, SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384));
            var intermediate = CertificateTemplate.Authority(MiddleName, issuerKey, RootName, RootKey, from, to, pathLength: 0)
                .With(CertificateExtension.ExtendedKeyUsage(Oids.TimeStamping));
            Intermediate = Altered(_options.AlterIntermediate, intermediate).Sign(RootKey);
        }

        LeafTemplate = Altered(_options.AlterLeaf, new CertificateTemplate
        {
            Issuer = issuerName,
            Subject = LeafName,
            PublicKey = LeafKey.PublicDer,
            NotBefore = from,
            NotAfter = to,
            Extensions =
            [
                CertificateExtension.KeyUsage(CertificateExtension.DigitalSignature),
                CertificateTemplate.SubjectKeyIdentifier(LeafKey.PublicDer),
                CertificateTemplate.AuthorityKeyIdentifier(issuerKey.PublicDer),
                CertificateExtension.ExtendedKeyUsage(Oids.TimeStamping) with { Critical = true },
            ],
        });
        Leaf = LeafTemplate.Sign(_options.LeafSigner ?? issuerKey);
    }

    public SigningKey LeafKey { get; }

    public SigningKey RootKey { get; }

    public byte[] Leaf { get; }

    /// <summary>What the signing certificate was made from.</summary>
    public CertificateTemplate LeafTemplate { get; }

    public byte[]? Intermediate { get; }

    public byte[] Root { get; }

    /// <summary>The leaf first, the root last.</summary>
    public byte[][] Chain => Intermediate is null ? [Leaf, Root] : [Leaf, Intermediate, Root];

    /// <summary>An element of <c>timestampAuthorities</c> in a trusted root.</summary>
    public JsonObject TrustedEntry(DateTimeOffset from, DateTimeOffset? to = null) =>
        TrustedEntries.Authority(_options.Uri, "virtual-tsa", Chain, from, to);

    /// <summary>TimeStampResp for a signature, in DER.</summary>
    public byte[] Stamp(byte[] signature, DateTimeOffset time, TimestampOptions options) =>
        StampImprint(options.Imprint ?? CryptographicOperations.HashData(options.Hash, options.ImprintOf ?? signature), null, time, options);

    /// <summary>TimeStampResp for an imprint that a client sent, with the client's nonce.</summary>
    public byte[] StampImprint(byte[] imprint, BigInteger? nonce, DateTimeOffset time, TimestampOptions options)
    {
        var status = Der.Sequence(Der.Integer(options.Status));
        return options.Status > 1
            ? Der.Sequence(status)
            : Der.Sequence(status, Token(Info(imprint, nonce, options.Time ?? time, options), time, options));
    }

    private static byte[] Info(byte[] imprint, BigInteger? nonce, DateTimeOffset time, TimestampOptions options)
    {
        List<byte[]> fields =
        [
            Der.Integer(1),
            Der.Oid(Oids.SigstoreTsaPolicy),
            Der.Sequence(Der.Sequence(Der.Oid(Oids.OfHash(options.Hash)), Der.Null), Der.OctetString(imprint)),
            Der.Integer(new BigInteger(RandomNumberGenerator.GetBytes(16), isUnsigned: true)),
            Der.GeneralizedTime(time),
            Der.Sequence(Der.Integer(1)),
        ];
        if (nonce is { } number)
        {
            fields.Add(Der.Integer(number));
        }

        fields.Add(Der.Context(0, Der.Context(4, LeafName)));
        var info = Der.Sequence([.. fields]);
        return options.AlterInfo?.Invoke(info) ?? info;
    }

    private byte[] Token(byte[] info, DateTimeOffset time, TimestampOptions options)
    {
        var key = options.SigningKey ?? LeafKey;
        var signer = options.SignerCertificate ?? Leaf;
        var hash = Der.Sequence(Der.Oid(Oids.OfHash(key.Hash)));
        (string Oid, byte[] Value)[] attributes =
        [
            (Oids.ContentType, Der.Oid(options.ContentType)),
            (Oids.SigningTime, Der.Time(options.Time ?? time)),
            (Oids.MessageDigest, Der.OctetString(CryptographicOperations.HashData(key.Hash, info))),
            (Oids.SigningCertificateV2, SigningCertificate(options.BoundCertificate ?? signer)),
        ];
        var kept = attributes.Where(a => a.Oid != options.WithoutAttribute).Concat(options.ExtraAttribute is { } extra ? [extra] : []);
        var signed = Der.Set([.. kept.Select(a => Der.Sequence(Der.Oid(a.Oid), Der.Set(a.Value)))]);
        var signature = key.Sign(signed);
        var (issuer, serial) = IssuerAndSerial(signer);
        var signerInfo = Der.Sequence(
            Der.Integer(1),
            Der.Sequence(issuer, serial),
            hash,
            Implicit(0, signed),
            key.SignatureAlgorithm,
            Der.OctetString(options.AlterSignature?.Invoke(signature) ?? signature));

        List<byte[]> content =
        [
            Der.Integer(3),
            Der.Set(hash),
            Der.Sequence(Der.Oid(options.ContentType), Der.Context(0, Der.OctetString(options.AlterSignedInfo?.Invoke(info) ?? info))),
        ];
        IReadOnlyList<byte[]> certificates = options.Certificates ?? (options.EmbedCertificate ? [signer] : []);
        if (certificates.Count > 0)
        {
            content.Add(Implicit(0, Der.Set([.. certificates])));
        }

        content.Add(Der.Set([.. Enumerable.Repeat(signerInfo, options.Signers)]));
        return Der.Sequence(Der.Oid(Oids.SignedData), Der.Context(0, Der.Sequence([.. content])));
    }

    // RFC 5035: SHA-256 is the default algorithm and therefore left out.
    private static byte[] SigningCertificate(byte[] certificate)
    {
        var (issuer, serial) = IssuerAndSerial(certificate);
        return Der.Sequence(Der.Sequence(Der.Sequence(
            Der.OctetString(SHA256.HashData(certificate)), Der.Sequence(Der.Sequence(Der.Context(4, issuer)), serial))));
    }

    private static (byte[] Issuer, byte[] Serial) IssuerAndSerial(byte[] certificate)
    {
        var fields = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        fields.ReadEncodedValue();
        var serial = fields.ReadEncodedValue().ToArray();
        fields.ReadEncodedValue();
        return (fields.ReadEncodedValue().ToArray(), serial);
    }

    // The SET's tag gives way to [n]; signed attributes are signed with the SET's tag and sent with the other (RFC 5652 section 5.4).
    private static byte[] Implicit(int number, byte[] set) => [(byte)(0xa0 | number), .. set[1..]];

    private static CertificateTemplate Altered(Func<CertificateTemplate, CertificateTemplate>? alter, CertificateTemplate template) =>
        alter?.Invoke(template) ?? template;
}
