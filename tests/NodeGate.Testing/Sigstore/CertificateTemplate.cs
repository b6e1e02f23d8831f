using System.Collections.Immutable;
using System.Security.Cryptography;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What becomes a certificate. Nothing is checked: any part can be wrong, and only that part.</summary>
public sealed record CertificateTemplate
{
    /// <summary>The names, in DER.</summary>
    public required byte[] Issuer { get; init; }

    public byte[] Subject { get; init; } = Der.Sequence();

    /// <summary>SubjectPublicKeyInfo in DER.</summary>
    public required byte[] PublicKey { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public byte[] Serial { get; init; } = [0x4e, .. RandomNumberGenerator.GetBytes(15)];

    /// <summary>As people count: 3 is what X.509 writes as 2.</summary>
    public int Version { get; init; } = 3;

    public ImmutableArray<CertificateExtension> Extensions { get; init; } = [];

    /// <summary>The algorithm that the outer part names, where it differs from the inner one and from the truth.</summary>
    public byte[]? OuterAlgorithm { get; init; }

    /// <summary>The algorithm that the inner part names, where it differs from the truth.</summary>
    public byte[]? InnerAlgorithm { get; init; }

    /// <summary>Replaces the extension with the same identifier, or adds it.</summary>
    public CertificateTemplate With(CertificateExtension extension)
    {
        var index = Extensions.ToList().FindIndex(e => e.Oid == extension.Oid);
        return this with { Extensions = index < 0 ? Extensions.Add(extension) : Extensions.SetItem(index, extension) };
    }

    /// <summary>Adds the extension even if there is one with the same identifier.</summary>
    public CertificateTemplate Adding(CertificateExtension extension) => this with { Extensions = Extensions.Add(extension) };

    public CertificateTemplate Without(string oid) => this with { Extensions = Extensions.RemoveAll(e => e.Oid == oid) };

    /// <summary>Changes the criticality of the extension that is there.</summary>
    public CertificateTemplate WithCritical(string oid, bool critical) => With(Extensions.First(e => e.Oid == oid) with { Critical = critical });

    /// <summary>TBSCertificate (RFC 5280 section 4.1).</summary>
    public byte[] ToBeSigned(SigningKey signer)
    {
        List<byte[]> parts = Version == 1 ? [] : [Der.Context(0, Der.Integer(Version - 1))];
        parts.Add(Der.Integer(new System.Numerics.BigInteger(Serial, isUnsigned: false, isBigEndian: true)));
        parts.Add(InnerAlgorithm ?? signer.SignatureAlgorithm);
        parts.Add(Issuer);
        parts.Add(Der.Sequence(Der.Time(NotBefore), Der.Time(NotAfter)));
        parts.Add(Subject);
        parts.Add(PublicKey);
        if (!Extensions.IsEmpty)
        {
            parts.Add(Der.Context(3, Der.Sequence([.. Extensions.Select(e => e.Encode())])));
        }

        return Der.Sequence([.. parts]);
    }

    /// <summary>The certificate, in DER.</summary>
    public byte[] Sign(SigningKey signer)
    {
        var body = ToBeSigned(signer);
        return Der.Sequence(body, OuterAlgorithm ?? signer.SignatureAlgorithm, Der.BitString(signer.Sign(body)));
    }

    /// <summary>An authority: CA, key usage, key identifiers.</summary>
    public static CertificateTemplate Authority(
        byte[] subject, SigningKey key, byte[] issuer, SigningKey issuerKey, DateTimeOffset notBefore, DateTimeOffset notAfter, int? pathLength) => new()
        {
            Issuer = issuer,
            Subject = subject,
            PublicKey = key.PublicDer,
            NotBefore = notBefore,
            NotAfter = notAfter,
            Extensions =
            [
                CertificateExtension.KeyUsage(CertificateExtension.KeyCertSign | CertificateExtension.CrlSign),
                CertificateExtension.BasicConstraints(authority: true, pathLength),
                SubjectKeyIdentifier(key.PublicDer),
                AuthorityKeyIdentifier(issuerKey.PublicDer),
            ],
        };

    /// <summary>RFC 7093 section 2: the first 160 bits of the SHA-256 of the key.</summary>
    public static CertificateExtension SubjectKeyIdentifier(byte[] publicKey) =>
        new(Oids.SubjectKeyIdentifier, false, Der.OctetString(SHA256.HashData(publicKey)[..20]));

    public static CertificateExtension AuthorityKeyIdentifier(byte[] publicKey) =>
        new(Oids.AuthorityKeyIdentifier, false, Der.Sequence(Der.ContextPrimitive(0, SHA256.HashData(publicKey).AsSpan(0, 20))));
}
