using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;
using static NodeGate.Verification.Tests.Certificates.CertificateSample;
using CertificateExtension = NodeGate.Testing.Sigstore.CertificateExtension;
using Oids = NodeGate.Testing.Sigstore.Oids;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>
/// The path validator beside .NET's X509Chain, which is OpenSSL's, on every pair of faults: both say the same, but where
/// one of the faults is known to be minded by one of the two only (verification.md section 7.2).
/// </summary>
[Trait("Category", "Property")]
public sealed class X509ChainComparisonTests
{
    private static readonly SigningKey OtherKey = SigningKey.Create();
    private static readonly CertificateExtension Constraints =
        CertificateExtension.NameConstraints(GeneralName.Uri(".github.com"), GeneralName.Uri("github.com"));
    private static readonly CertificateExtension Unknown = new(Oids.Unknown, true, []);

    private static readonly ImmutableArray<Fault> Faults =
    [
        new("none"),
        new("leaf expired") { Leaf = l => l with { NotAfter = Time.AddSeconds(-1) } },
        new("leaf of later") { Leaf = l => l with { NotBefore = Time.AddSeconds(1) } },
        new("leaf for clients") { Leaf = l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.ClientAuth)) },
        new("leaf for anything") { Leaf = l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.AnyExtendedKeyUsage)) },
        new("leaf without purpose", Minds.NodeGate) { Leaf = l => l.Without(Oids.ExtendedKeyUsage) },
        new("leaf for code and anything", Minds.NodeGate)
        {
            Leaf = l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.CodeSigning, Oids.AnyExtendedKeyUsage)),
        },
        new("leaf without key usage", Minds.NodeGate) { Leaf = l => l.Without(Oids.KeyUsage) },
        new("leaf that signs lists", Minds.NodeGate) { Leaf = l => l.With(CertificateExtension.KeyUsage(CertificateExtension.CrlSign)) },
        new("leaf an authority", Minds.NodeGate) { Leaf = l => l.With(CertificateExtension.BasicConstraints(true)) },
        new("leaf with unknown critical") { Leaf = l => l.Adding(Unknown) },
        new("leaf with unknown") { Leaf = l => l.Adding(Unknown with { Critical = false }) },
        new("leaf of another issuer") { Leaf = l => l with { Issuer = Name("other") } },
        new("leaf of another key") { LeafSigner = OtherKey },
        new("leaf with SHA-1", Minds.NodeGate) { LeafSigner = IntermediateKey.Sha1() },
        new("leaf without names") { Leaf = l => l.Without(Oids.SubjectAlternativeName) },
        new("leaf without identifiers") { Leaf = l => l.Without(Oids.AuthorityKeyIdentifier).Without(Oids.SubjectKeyIdentifier) },
        new("leaf of version 1", Minds.NodeGate) { Leaf = l => l with { Version = 1, Extensions = [] } },
        new("leaf with negative serial", Minds.NodeGate) { Leaf = l => l with { Serial = [0x80] } },
        new("leaf with an extension twice", Minds.NodeGate) { Leaf = l => l.Adding(CertificateExtension.IssuerV2("https://other.test")) },
        new("intermediate expired") { Intermediate = i => i with { NotAfter = Time.AddSeconds(-1) } },
        new("intermediate of later") { Intermediate = i => i with { NotBefore = Time.AddSeconds(1) } },
        new("intermediate no authority") { Intermediate = i => i.With(CertificateExtension.BasicConstraints(false)) },
        new("intermediate without constraints") { Intermediate = i => i.Without(Oids.BasicConstraints) },
        new("intermediate that signs lists") { Intermediate = i => i.With(CertificateExtension.KeyUsage(CertificateExtension.CrlSign)) },
        new("intermediate without key usage") { Intermediate = i => i.Without(Oids.KeyUsage) },
        new("intermediate for clients") { Intermediate = i => i.With(CertificateExtension.ExtendedKeyUsage(Oids.ClientAuth)) },
        new("intermediate for anything", Minds.X509Chain) { Intermediate = i => i.With(CertificateExtension.ExtendedKeyUsage(Oids.AnyExtendedKeyUsage)) },
        new("intermediate with unknown critical") { Intermediate = i => i.Adding(Unknown) },
        new("intermediate with constraints that hold", Minds.NodeGate) { Intermediate = i => i.Adding(Constraints) },
        new("intermediate with constraints that do not", Minds.NodeGate)
        {
            Intermediate = i => i.Adding(CertificateExtension.NameConstraints(GeneralName.Uri("other.test"))),
        },
        new("intermediate of another key") { IntermediateSigner = OtherKey },
        new("intermediate with SHA-1", Minds.NodeGate) { IntermediateSigner = RootKey.Sha1() },
        new("intermediate without identifiers") { Intermediate = i => i.Without(Oids.AuthorityKeyIdentifier).Without(Oids.SubjectKeyIdentifier) },
        new("root expired") { Root = r => r with { NotAfter = Time.AddSeconds(-1) } },
        new("root for no intermediate") { Root = r => r.With(CertificateExtension.BasicConstraints(true, 0)) },
        new("root no authority") { Root = r => r.With(CertificateExtension.BasicConstraints(false)) },
        new("root that signs lists") { Root = r => r.With(CertificateExtension.KeyUsage(CertificateExtension.CrlSign)) },
        new("root for clients", Minds.NodeGate) { Root = r => r.With(CertificateExtension.ExtendedKeyUsage(Oids.ClientAuth)) },
        new("root with unknown critical") { Root = r => r.Adding(Unknown) },
    ];

    [Fact]
    public void BuildToAny_EveryPairOfFaults_AreJudgedAsX509ChainJudgesThem()
    {
        var differences = new List<string>();
        for (var i = 0; i < Faults.Length; i++)
        {
            for (var j = i + 1; j < Faults.Length; j++)
            {
                var (leaf, intermediate, root) = Make(Faults[i], Faults[j]);
                var (here, there) = (Accepts(leaf, intermediate, root), X509ChainAccepts(leaf, intermediate, root));
                var minds = Faults[i].By | Faults[j].By;
                if ((here && !there && !minds.HasFlag(Minds.X509Chain)) || (there && !here && !minds.HasFlag(Minds.NodeGate)))
                {
                    differences.Add($"{Faults[i].Name} + {Faults[j].Name}: {(here ? "accepted only here" : "accepted only there")}");
                }
            }
        }

        Assert.Equal(string.Empty, string.Join('\n', differences));
    }

    [Fact]
    public void BuildToAny_LastInstant_IsAcceptedOnlyHere()
    {
        // RFC 5280 section 4.1.2.5: the period includes its end. OpenSSL does not.
        var (leaf, intermediate, root) = Make(new Fault("last instant") { Leaf = l => l with { NotAfter = Time } }, Faults[0]);

        Assert.True(Accepts(leaf, intermediate, root));
        Assert.False(X509ChainAccepts(leaf, intermediate, root));
    }

    [Fact]
    public void BuildToAny_AnchorThatIsNotSelfSigned_IsAcceptedOnlyHere()
    {
        var (leaf, intermediate, _) = Make(Faults[0], Faults[0]);

        Assert.True(Build(Certificate.Read(leaf), Authority([intermediate])).Holds);
        Assert.False(X509ChainAccepts(leaf, intermediate, intermediate));
    }

    private static (byte[] Leaf, byte[] Intermediate, byte[] Root) Make(Fault first, Fault second)
    {
        var ca = new VirtualCa(new VirtualCaOptions
        {
            RootKey = RootKey,
            IntermediateKey = IntermediateKey,
            IntermediateSigner = first.IntermediateSigner ?? second.IntermediateSigner,
            AlterRoot = r => second.Root(first.Root(r)),
            AlterIntermediate = i => second.Intermediate(first.Intermediate(i)),
        });
        return (second.Leaf(first.Leaf(LeafTemplate(ca))).Sign(first.LeafSigner ?? second.LeafSigner ?? IntermediateKey), ca.Intermediate, ca.Root);
    }

    private static bool Accepts(byte[] leaf, byte[] intermediate, byte[] root)
    {
        try
        {
            return CertificatePathValidator.BuildToAny(
                Certificate.Read(leaf), [Certificate.Read(intermediate)], [Authority([root])], Oids.CodeSigning, [Time]).Holds;
        }
        catch (EvidenceFormatException)
        {
            return false;
        }
    }

    private static bool X509ChainAccepts(byte[] leaf, byte[] intermediate, byte[] root)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(leaf);
        using var between = X509CertificateLoader.LoadCertificate(intermediate);
        using var anchor = X509CertificateLoader.LoadCertificate(root);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(anchor);
        chain.ChainPolicy.ExtraStore.Add(between);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Time.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(Oids.CodeSigning));
        try
        {
            return chain.Build(certificate);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Who refuses what the other accepts.</summary>
    [Flags]
    private enum Minds
    {
        Nobody = 0,
        NodeGate = 1,

        /// <summary>It does not take 'any' for code signing; Go, and so sigstore-go, does.</summary>
        X509Chain = 2,
    }

    /// <summary>Something done to a good chain.</summary>
    private sealed record Fault(string Name, Minds By = Minds.Nobody)
    {
        public Func<CertificateTemplate, CertificateTemplate> Leaf { get; init; } = l => l;

        public Func<CertificateTemplate, CertificateTemplate> Intermediate { get; init; } = i => i;

        public Func<CertificateTemplate, CertificateTemplate> Root { get; init; } = r => r;

        public SigningKey? LeafSigner { get; init; }

        public SigningKey? IntermediateSigner { get; init; }
    }
}
