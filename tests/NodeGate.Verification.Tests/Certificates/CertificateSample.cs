using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Steps;
using KnownOids = NodeGate.Verification.Certificates.Oids;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>Certificates in which one thing is wrong, and what is said about them.</summary>
internal static class CertificateSample
{
    public static readonly DateTimeOffset Time = VirtualSigstore.SigningTime;
    public static readonly SigningKey RootKey = SigningKey.Create();
    public static readonly SigningKey IntermediateKey = SigningKey.Create();
    public static readonly SigningKey LeafKey = SigningKey.Create();
    public static readonly VirtualCa Ca = NewCa();

    public static VirtualCa NewCa(
        Func<CertificateTemplate, CertificateTemplate>? intermediate = null,
        Func<CertificateTemplate, CertificateTemplate>? root = null,
        SigningKey? rootKey = null,
        SigningKey? intermediateKey = null) => new(new VirtualCaOptions
        {
            RootKey = rootKey ?? RootKey,
            IntermediateKey = intermediateKey ?? IntermediateKey,
            AlterIntermediate = intermediate,
            AlterRoot = root,
        });

    public static CertificateTemplate LeafTemplate(VirtualCa ca) =>
        ca.Leaf(LeafKey, [GeneralName.Uri(VirtualSigstore.Subject)], VirtualSigstore.OidcIssuer, Time);

    /// <summary>A leaf of the authority; it is good where nothing is altered.</summary>
    public static Certificate Leaf(VirtualCa ca, Func<CertificateTemplate, CertificateTemplate>? alter = null) =>
        Certificate.Read((alter?.Invoke(LeafTemplate(ca)) ?? LeafTemplate(ca)).Sign(ca.IntermediateKey));

    public static CertificateAuthority Authority(VirtualCa ca, ValidityPeriod? validFor = null, string uri = "https://fulcio.virtual.test") =>
        Authority([ca.Intermediate, ca.Root], validFor, uri);

    public static CertificateAuthority Authority(byte[][] chain, ValidityPeriod? validFor = null, string uri = "https://fulcio.virtual.test") =>
        new(uri, [.. chain.Select(c => Certificate.Read(c))], validFor ?? ValidityPeriod.Always);

    public static Finding<CertificatePath> Build(Certificate leaf, CertificateAuthority authority, params Certificate[] intermediates) =>
        CertificatePathValidator.Build(leaf, [.. intermediates], authority, KnownOids.CodeSigning);

    /// <summary>A self-signed or other certificate of an authority, with any path length.</summary>
    public static byte[] CaCertificate(string name, SigningKey key, string issuer, SigningKey issuerKey, int? pathLength = null) =>
        CertificateTemplate.Authority(Name(name), key, Name(issuer), issuerKey, Time.AddYears(-1), Time.AddYears(1), pathLength).Sign(issuerKey);

    public static byte[] Name(string name) => Der.Name((NodeGate.Testing.Sigstore.Oids.CommonName, name));

    public static EcdsaSigningKey Sha1(this SigningKey key) => ((EcdsaSigningKey)key).WithHash(HashAlgorithmName.SHA1);

    public static void AssertHolds<T>(Finding<T> finding) => Assert.True(finding.Holds, finding.Detail);

    public static void AssertFails<T>(Finding<T> finding, string says, DecisionReason reason = DecisionReason.CertificateInvalid)
    {
        Assert.False(finding.Holds, finding.Detail);
        Assert.Equal(reason, finding.Reason);
        Assert.Contains(says, finding.Detail, StringComparison.Ordinal);
    }

    /// <summary>A SEQUENCE with the parts changed, each in DER with its tag.</summary>
    public static byte[] Edit(byte[] sequence, Action<List<byte[]>> edit)
    {
        var reader = new AsnReader(sequence, AsnEncodingRules.DER).ReadSequence();
        var parts = new List<byte[]>();
        while (reader.HasData)
        {
            parts.Add(reader.ReadEncodedValue().ToArray());
        }

        edit(parts);
        return Der.Sequence([.. parts]);
    }

    /// <summary>A certificate whose signed part is changed before it is signed.</summary>
    public static byte[] Signed(CertificateTemplate template, SigningKey signer, Action<List<byte[]>> edit)
    {
        var body = Edit(template.ToBeSigned(signer), edit);
        return Der.Sequence(body, signer.SignatureAlgorithm, Der.BitString(signer.Sign(body)));
    }
}
