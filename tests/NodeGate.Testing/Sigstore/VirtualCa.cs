using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>Fulcio: a root, an intermediate, and certificates that live for ten minutes.</summary>
public sealed class VirtualCa
{
    public static readonly TimeSpan LeafLifetime = TimeSpan.FromMinutes(10);

    private readonly VirtualCaOptions _options;

    public VirtualCa(VirtualCaOptions? options = null)
    {
        _options = options ?? new VirtualCaOptions();
        RootKey = _options.RootKey ?? SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384);
        IntermediateKey = _options.IntermediateKey ?? SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384);
        var root = CertificateTemplate.Authority(RootName, RootKey, RootName, RootKey, _options.NotBefore, _options.NotAfter, pathLength: 1)
            .Without(Oids.AuthorityKeyIdentifier);
        Root = (_options.AlterRoot?.Invoke(root) ?? root).Sign(RootKey);
        var intermediate = CertificateTemplate
            .Authority(IntermediateName, IntermediateKey, RootName, RootKey, _options.NotBefore, _options.NotAfter, pathLength: 0)
            .With(CertificateExtension.ExtendedKeyUsage(Oids.CodeSigning));
        Intermediate = (_options.AlterIntermediate?.Invoke(intermediate) ?? intermediate).Sign(_options.IntermediateSigner ?? RootKey);
    }

    /// <summary>The same names for every authority: the public Sigstore has two of the same name as well.</summary>
    public static byte[] RootName { get; } = Der.Name((Oids.Organization, "virtual.test"), (Oids.CommonName, "virtual"));

    public static byte[] IntermediateName { get; } = Der.Name((Oids.Organization, "virtual.test"), (Oids.CommonName, "virtual-intermediate"));

    public SigningKey RootKey { get; }

    public SigningKey IntermediateKey { get; }

    public byte[] Root { get; }

    public byte[] Intermediate { get; }

    /// <summary>The leaf's issuer first, the root last.</summary>
    public byte[][] Chain => [Intermediate, Root];

    /// <summary>An element of <c>certificateAuthorities</c> in a trusted root.</summary>
    public JsonObject TrustedEntry(DateTimeOffset from, DateTimeOffset? to = null) =>
        TrustedEntries.Authority("https://fulcio.virtual.test", "virtual", Chain, from, to);

    /// <summary>A leaf of Fulcio's profile, before it is signed.</summary>
    public CertificateTemplate Leaf(SigningKey key, IEnumerable<byte[]> names, string oidcIssuer, DateTimeOffset time) =>
        Leaf(key.PublicDer, names, oidcIssuer, time);

    public CertificateTemplate Leaf(byte[] publicKey, IEnumerable<byte[]> names, string oidcIssuer, DateTimeOffset time) => new()
    {
        Issuer = IntermediateName,
        PublicKey = publicKey,
        NotBefore = time,
        NotAfter = time + LeafLifetime,
        Extensions =
        [
            CertificateExtension.KeyUsage(CertificateExtension.DigitalSignature),
            CertificateExtension.ExtendedKeyUsage(Oids.CodeSigning),
            CertificateTemplate.SubjectKeyIdentifier(publicKey),
            CertificateTemplate.AuthorityKeyIdentifier(IntermediateKey.PublicDer),
            CertificateExtension.AlternativeName(names),
            CertificateExtension.IssuerV1(oidcIssuer),
            CertificateExtension.IssuerV2(oidcIssuer),
        ],
    };

    /// <summary>Signs the leaf, with the log's promise over exactly these bytes.</summary>
    public byte[] Issue(CertificateTemplate leaf, VirtualCtLog log, SctOptions sct)
    {
        var signer = _options.LeafSigner ?? IntermediateKey;
        return sct.Missing
            ? leaf.Sign(signer)
            : leaf.Adding(log.Extension(leaf.ToBeSigned(signer), IntermediateKey, leaf.NotBefore, sct)).Sign(signer);
    }
}
