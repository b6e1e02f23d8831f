using System.Collections.Immutable;
using System.Security.Cryptography;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using static NodeGate.Verification.Tests.Certificates.CertificateSample;
using CertificateExtension = NodeGate.Testing.Sigstore.CertificateExtension;
using Oids = NodeGate.Testing.Sigstore.Oids;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>From a leaf to an authority's anchor: what holds, and each way in which one thing is wrong (verification.md section 9 item 3).</summary>
public sealed class CertificatePathTests
{
    private static readonly CertificateAuthority Trusted = Authority(Ca);

    [Fact]
    public void Build_Good_LeadsToTheAnchor()
    {
        var path = Build(Leaf(Ca), Trusted);

        AssertHolds(path);
        Assert.Equal([Leaf(Ca).Subject.ToArray(), VirtualCa.IntermediateName, VirtualCa.RootName], path.Value!.Certificates.Select(c => c.Subject.ToArray()));
        Assert.Same(Trusted.Chain[0], path.Value.Issuer);
        Assert.Same(Trusted.Anchor, path.Value.Certificates[^1]);
    }

    [Fact]
    public void Build_AnchorThatIsNotSelfSigned_Holds() => AssertHolds(Build(Leaf(Ca), Authority([Ca.Intermediate])));

    [Fact]
    public void Build_IntermediateOfTheBundle_HelpsThePathAlong() =>
        AssertHolds(Build(Leaf(Ca), Authority([Ca.Root]), Certificate.Read(Ca.Intermediate)));

    [Fact]
    public void Build_RootOfTheBundle_IsNoAnchor()
    {
        var other = NewCa(rootKey: SigningKey.Create(), intermediateKey: SigningKey.Create());

        AssertFails(Build(Leaf(other), Trusted, Certificate.Read(other.Intermediate), Certificate.Read(other.Root)), "not of its issuer's key");
    }

    [Fact]
    public void Build_MissingIntermediate_SaysWhichIssuer() =>
        AssertFails(Build(Leaf(Ca), Authority([Ca.Root])), "was issued by 'CN=virtual-intermediate, O=virtual.test', which is none of");

    [Fact]
    public void Build_CertificatesThatDoNotBelong_DoNotMatter()
    {
        var other = NewCa(rootKey: SigningKey.Create(), intermediateKey: SigningKey.Create());

        AssertHolds(Build(Leaf(Ca), Trusted, Certificate.Read(other.Intermediate), Certificate.Read(other.Root), Leaf(other)));
    }

    [Fact]
    public void Build_EachKindOfAuthority_Holds()
    {
        foreach (var key in AuthorityKeys())
        {
            var ca = NewCa(rootKey: key, intermediateKey: key);
            AssertHolds(Build(Leaf(ca), Authority(ca)));
        }
    }

    [Fact]
    public void Build_LeafOfAnAuthority_Rejected() =>
        AssertFails(Build(Leaf(Ca, l => l.With(CertificateExtension.BasicConstraints(true))), Trusted), "that of a certificate authority");

    [Fact]
    public void Build_LeafThatSaysItIsNoAuthority_Holds() =>
        AssertHolds(Build(Leaf(Ca, l => l.With(CertificateExtension.BasicConstraints(false))), Trusted));

    [Fact]
    public void Build_LeafWithoutDigitalSignature_Rejected()
    {
        AssertFails(Build(Leaf(Ca, l => l.With(CertificateExtension.KeyUsage(CertificateExtension.CrlSign))), Trusted), "no key usage digitalSignature");
        AssertFails(Build(Leaf(Ca, l => l.Without(Oids.KeyUsage)), Trusted), "no key usage digitalSignature");
    }

    [Fact]
    public void Build_LeafForSomethingElse_Rejected()
    {
        AssertFails(Build(Leaf(Ca, l => l.Without(Oids.ExtendedKeyUsage)), Trusted), "has not the extended key usage 1.3.6.1.5.5.7.3.3");
        AssertFails(Build(Leaf(Ca, l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.ClientAuth))), Trusted), "has not the extended key usage");
        AssertFails(Build(Leaf(Ca, l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.AnyExtendedKeyUsage))), Trusted), "has not the extended key usage");
    }

    [Fact]
    public void Build_LeafForAnything_Rejected() => AssertFails(
        Build(Leaf(Ca, l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.CodeSigning, Oids.AnyExtendedKeyUsage))), Trusted), "which says nothing");

    [Fact]
    public void Build_OtherPurposeAsked_Rejected() => AssertFails(
        CertificatePathValidator.Build(Leaf(Ca), [], Trusted, Oids.TimeStamping), "has not the extended key usage 1.3.6.1.5.5.7.3.8");

    [Fact]
    public void Build_IssuerThatIsNoAuthority_Rejected()
    {
        AssertFails(BuildWith(i => i.Without(Oids.BasicConstraints)), "not that of a certificate authority (basicConstraints)");
        AssertFails(BuildWith(i => i.With(CertificateExtension.BasicConstraints(false))), "not that of a certificate authority (basicConstraints)");
        AssertFails(BuildWith(root: r => r.Without(Oids.BasicConstraints)), "not that of a certificate authority (basicConstraints)");
    }

    [Fact]
    public void Build_LeafAsIssuer_Rejected()
    {
        var issuer = Leaf(Ca, l => l with { Subject = Name("issuer") });
        var leaf = Certificate.Read((LeafTemplate(Ca) with { Issuer = Name("issuer") }).Sign(LeafKey));

        AssertFails(Build(leaf, Trusted, issuer), "not that of a certificate authority (basicConstraints)");
    }

    [Fact]
    public void Build_LongerThanThePathLength_Rejected()
    {
        AssertFails(
            BuildWith(root: r => r.With(CertificateExtension.BasicConstraints(true, 0))), "allows 0 intermediates below it (pathLenConstraint); there are 1");
        AssertHolds(BuildWith(root: r => r.With(CertificateExtension.BasicConstraints(true, 1))));
    }

    [Fact]
    public void Build_IssuerMayNotSignCertificates_Rejected()
    {
        AssertFails(BuildWith(i => i.With(CertificateExtension.KeyUsage(CertificateExtension.CrlSign))), "key usage without keyCertSign");
        AssertFails(BuildWith(root: r => r.With(CertificateExtension.KeyUsage(CertificateExtension.DigitalSignature))), "key usage without keyCertSign");
    }

    [Fact]
    public void Build_AuthorityWithoutKeyUsage_Holds() => AssertHolds(BuildWith(root: r => r.Without(Oids.KeyUsage)));

    [Fact]
    public void Build_IssuerForSomethingElse_Rejected()
    {
        var clientAuth = CertificateExtension.ExtendedKeyUsage(Oids.ClientAuth);
        AssertFails(BuildWith(i => i.With(clientAuth)), "extended key usage without 1.3.6.1.5.5.7.3.3");
        AssertFails(BuildWith(root: r => r.With(clientAuth)), "extended key usage without 1.3.6.1.5.5.7.3.3");
    }

    [Fact]
    public void Build_IssuerForAnything_Holds()
    {
        AssertHolds(BuildWith(i => i.With(CertificateExtension.ExtendedKeyUsage(Oids.AnyExtendedKeyUsage))));
        AssertHolds(BuildWith(i => i.Without(Oids.ExtendedKeyUsage)));
    }

    [Fact]
    public void Build_NameConstraints_Rejected()
    {
        var constraints = CertificateExtension.NameConstraints(GeneralName.Dns("example.org"));
        AssertFails(BuildWith(i => i.Adding(constraints)), "has name constraints");
        AssertFails(BuildWith(i => i.Adding(constraints with { Critical = false })), "has name constraints");
    }

    [Fact]
    public void Build_UnknownCriticalExtension_Rejected()
    {
        var unknown = new CertificateExtension(Oids.Unknown, true, []);
        AssertFails(Build(Leaf(Ca, l => l.Adding(unknown)), Trusted), "critical extension 1.3.6.1.4.1.99999.1");
        AssertFails(BuildWith(i => i.Adding(unknown)), "critical extension 1.3.6.1.4.1.99999.1");
        AssertFails(BuildWith(root: r => r.Adding(unknown)), "critical extension 1.3.6.1.4.1.99999.1");
        AssertHolds(Build(Leaf(Ca, l => l.Adding(unknown with { Critical = false })), Trusted));
    }

    [Fact]
    public void Build_Precertificate_Rejected() => AssertFails(
        Build(Leaf(Ca, l => l.Adding(new CertificateExtension("1.3.6.1.4.1.11129.2.4.3", true, Der.Null))), Trusted),
        "critical extension 1.3.6.1.4.1.11129.2.4.3");

    [Fact]
    public void Build_Sha1_Rejected()
    {
        AssertFails(Build(Certificate.Read(LeafTemplate(Ca).Sign(IntermediateKey.Sha1())), Trusted), "algorithm that is not accepted");
        var ca = new VirtualCa(new VirtualCaOptions { RootKey = RootKey, IntermediateKey = IntermediateKey, IntermediateSigner = RootKey.Sha1() });
        AssertFails(Build(Leaf(ca), Authority(ca)), "the intermediate certificate 'CN=virtual-intermediate, O=virtual.test' is signed with an algorithm");
    }

    [Fact]
    public void Build_AlgorithmWithOtherParameters_Rejected()
    {
        var rsa = NewCa(intermediateKey: SigningKey.Rsa(2048, RSASignaturePadding.Pkcs1));
        foreach (var (ca, algorithm) in (ReadOnlySpan<(VirtualCa, byte[])>)
        [
            (Ca, Der.Sequence(Der.Oid("1.2.840.10045.4.3.2"), Der.Null)),
            (rsa, Der.Sequence(Der.Oid("1.2.840.113549.1.1.11"))),
            (rsa, Der.Sequence(Der.Oid("1.2.840.113549.1.1.5"), Der.Null)),
            (rsa, Der.Sequence(Der.Oid("1.2.840.113549.1.1.10"), Der.Sequence())),
        ])
        {
            AssertFails(
                Build(Leaf(ca, l => l with { InnerAlgorithm = algorithm, OuterAlgorithm = algorithm }), Authority(ca)), "algorithm that is not accepted");
        }
    }

    [Fact]
    public void Build_AlgorithmOfAnotherKindOfKey_Rejected()
    {
        var rsa = Der.Sequence(Der.Oid("1.2.840.113549.1.1.11"), Der.Null);
        AssertFails(
            Build(Leaf(Ca, l => l with { InnerAlgorithm = rsa, OuterAlgorithm = rsa }), Trusted),
            "states RsaPkcs1 with SHA256 as its signature, which its issuer's key (EcdsaP256) cannot make");
    }

    [Fact]
    public void Build_OtherHashThanStated_Rejected()
    {
        var sha384 = Der.Sequence(Der.Oid("1.2.840.10045.4.3.3"));
        AssertFails(Build(Leaf(Ca, l => l with { InnerAlgorithm = sha384, OuterAlgorithm = sha384 }), Trusted), "not of its issuer's key");
    }

    [Fact]
    public void Build_AnotherAuthorityOfTheSameName_Rejected()
    {
        AssertFails(Build(Leaf(NewCa(intermediateKey: SigningKey.Create())), Trusted), "the certificate has a signature that is not of its issuer's key");
        var ca = new VirtualCa(new VirtualCaOptions { RootKey = RootKey, IntermediateKey = IntermediateKey, IntermediateSigner = SigningKey.Create() });
        AssertFails(Build(Leaf(ca), Authority(ca)), "the intermediate certificate 'CN=virtual-intermediate, O=virtual.test' has a signature");
    }

    [Fact]
    public void Build_ChangedAfterSigning_Rejected()
    {
        var der = Leaf(Ca).Raw.ToArray();
        der[der.AsSpan().IndexOf("releas"u8)] ^= 1;

        AssertFails(Build(Certificate.Read(der), Trusted), "the certificate has a signature that is not of its issuer's key");
    }

    [Fact]
    public void Build_AnchorAsLeaf_Rejected()
    {
        var self = Certificate.Read((LeafTemplate(Ca) with { Issuer = Name("self"), Subject = Name("self") }).Sign(LeafKey));

        AssertFails(Build(self, Authority([self.Raw.ToArray()])), "itself the authority's anchor");
    }

    [Fact]
    public void Build_LeafThatTheAuthoritysChainBeginsWith_Holds()
    {
        // As for timestamp authorities in trusted_root.json.
        var leaf = Leaf(Ca);
        var authority = Authority([leaf.Raw.ToArray(), Ca.Intermediate, Ca.Root]);

        AssertHolds(Build(Certificate.Read(leaf.Raw), authority));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Build_PathLength_OneBeyondIsRejected(int beyond)
    {
        var key = SigningKey.Create();
        var chain = Enumerable.Range(1, VerificationLimits.MaxPathLength - 1 + beyond).Select(i => CaCertificate($"{i}", key, $"{i + 1}", key)).ToArray();
        var path = Build(Certificate.Read((LeafTemplate(Ca) with { Issuer = Name("1") }).Sign(key)), Authority(chain));

        if (beyond == 0)
        {
            AssertHolds(path);
        }
        else
        {
            AssertFails(path, "longer than 5 certificates");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Build_Candidates_OneBeyondIsRejected(int beyond)
    {
        // All have the issuer's name and somebody else's key; the right one is the last to be tried.
        var stranger = SigningKey.Create();
        var wrong = Enumerable.Range(0, VerificationLimits.MaxPathSteps - 2 + beyond)
            .Select(_ => Certificate.Read(CaCertificate("i", stranger, "r", stranger)));
        var right = Certificate.Read(CaCertificate("i", IntermediateKey, "r", RootKey));
        var leaf = Certificate.Read((LeafTemplate(Ca) with { Issuer = Name("i") }).Sign(IntermediateKey));
        var path = Build(leaf, Authority([CaCertificate("r", RootKey, "r", RootKey)]), [.. wrong, right]);

        if (beyond == 0)
        {
            AssertHolds(path);
        }
        else
        {
            AssertFails(path, "more than 32 certificates would have to be tried");
        }
    }

    [Fact]
    public void Build_IntermediatesThatIssueEachOther_Ends()
    {
        var key = SigningKey.Create();
        var circle = Enumerable.Range(0, VerificationLimits.MaxCertificates).Select(_ => Certificate.Read(CaCertificate("i", key, "i", key)));
        var leaf = Certificate.Read((LeafTemplate(Ca) with { Issuer = Name("i") }).Sign(key));

        AssertFails(Build(leaf, Trusted, [.. circle]), "more than 32 certificates would have to be tried");
    }

    private static NodeGate.Verification.Steps.Finding<CertificatePath> BuildWith(
        Func<CertificateTemplate, CertificateTemplate>? intermediate = null, Func<CertificateTemplate, CertificateTemplate>? root = null)
    {
        var ca = NewCa(intermediate, root);
        return Build(Leaf(ca), Authority(ca));
    }

    private static ImmutableArray<SigningKey> AuthorityKeys() =>
    [
        SigningKey.Ecdsa(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA384),
        SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
        SigningKey.Ecdsa(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512),
        SigningKey.Rsa(2048, RSASignaturePadding.Pkcs1),
        SigningKey.Rsa(2048, RSASignaturePadding.Pss),
        SigningKey.Ed25519(),
    ];
}
