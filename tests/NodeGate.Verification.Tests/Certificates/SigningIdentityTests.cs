using System.Collections.Immutable;
using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Steps;
using static NodeGate.Verification.Tests.Certificates.CertificateSample;
using CertificateExtension = NodeGate.Testing.Sigstore.CertificateExtension;
using Oids = NodeGate.Testing.Sigstore.Oids;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>Who a certificate says its signer is, and whether that is who was asked for (verification.md section 9 item 2).</summary>
public sealed class SigningIdentityTests
{
    private const string Subject = VirtualSigstore.Subject;
    private const string Issuer = VirtualSigstore.OidcIssuer;
    private static readonly ImmutableDictionary<string, string> None = ImmutableDictionary<string, string>.Empty;
    private static readonly SigningIdentity Identity = new(Issuer, Subject, SubjectKind.Uri, None);

    [Fact]
    public void Read_EachKindOfSubject()
    {
        Assert.Equal((SubjectKind.Uri, "spiffe://a/b"), Named(GeneralName.Uri("spiffe://a/b")));
        Assert.Equal((SubjectKind.EmailAddress, "a@example.org"), Named(GeneralName.Email("a@example.org")));
        Assert.Equal((SubjectKind.UserName, "jürgen!oidc.local"), Named(GeneralName.Other("jürgen!oidc.local")));

        static (SubjectKind, string) Named(byte[] name)
        {
            var identity = Read(l => l.With(CertificateExtension.AlternativeName(name)));
            AssertHolds(identity);
            return (identity.Value!.Kind, identity.Value.Subject);
        }
    }

    [Fact]
    public void Read_NoAlternativeName_Rejected() =>
        AssertFails(Read(l => l.Without(Oids.SubjectAlternativeName) with { Subject = Name("a@example.org") }), "no subject alternative name");

    [Fact]
    public void Read_EmptySubjectAndNameNotCritical_Rejected()
    {
        AssertFails(Read(l => l.WithCritical(Oids.SubjectAlternativeName, false)), "not critical");
        AssertHolds(Read(l => l.WithCritical(Oids.SubjectAlternativeName, false) with { Subject = Name("somebody") }));
    }

    [Fact]
    public void Read_TwoNames_Rejected() =>
        AssertFails(WithNames(GeneralName.Uri(Subject), GeneralName.Uri("https://evil.example")), "more than one subject alternative name");

    [Fact]
    public void Read_NoName_Rejected() => AssertFails(WithNames(), "not strict DER");

    [Fact]
    public void Read_NameWithMore_Rejected() => AssertFails(
        Read(l => l.With(new CertificateExtension(Oids.SubjectAlternativeName, true, [.. Der.Sequence(GeneralName.Uri(Subject)), 0]))), "not strict DER");

    [Fact]
    public void Read_OtherKindOfName_Rejected() => AssertFails(WithNames(GeneralName.Dns("example.org")), "is of kind [2]");

    [Fact]
    public void Read_OtherNameOfAnotherType_Rejected() =>
        AssertFails(WithNames(GeneralName.Other(Der.Utf8("me"), "1.3.6.1.4.1.311.20.2.3")), "otherName is of type 1.3.6.1.4.1.311.20.2.3");

    [Fact]
    public void Read_OtherNameThatIsNoText_Rejected()
    {
        AssertFails(WithNames(GeneralName.Other(Der.OctetString("me"u8.ToArray()))), "not strict DER");
        AssertFails(WithNames(Der.Context(0, Der.Oid(Oids.FulcioOtherName), Der.Context(0, Der.Utf8("me"), Der.Utf8("you")))), "not strict DER");
        AssertFails(WithNames(Der.Context(0, Der.Oid(Oids.FulcioOtherName), Der.Context(0, Der.Utf8("me")), Der.Null)), "not strict DER");
        AssertFails(WithNames(GeneralName.Other(Der.Utf8([0xff]))), "not strict DER");
    }

    [Fact]
    public void Read_NameThatIsNotAscii_Rejected() => AssertFails(WithNames(GeneralName.Uri("https://exämple.org")), "not strict DER");

    [Fact]
    public void Read_ControlCharacters_Rejected()
    {
        AssertFails(WithNames(GeneralName.Email("me@example.org\0.evil.example")), "control characters: 'me@example.org\\u0000.evil.example'");
        AssertFails(WithNames(GeneralName.Uri("https://a\nb")), "control characters");
        AssertFails(WithNames(GeneralName.Other("me\u0085")), "control characters");
        AssertFails(WithNames(GeneralName.Other("me\u2028decision=Admitted")), "control characters: 'me\\u2028decision=Admitted'");
        AssertFails(WithNames(GeneralName.Other("me\u202elive")), "control characters");
        AssertFails(WithNames(GeneralName.Other("me\U000E0041")), "control characters");
        AssertFails(WithNames(GeneralName.Uri("")), "is empty");
        AssertFails(Read(l => WithIssuer(l, Issuer + "\0")), "OIDC issuer is empty or has control characters");
    }

    [Fact]
    public void Read_OldOrNewIssuerAlone_IsTheIssuer()
    {
        Assert.Equal(Issuer, Read(l => l.Without(Oids.FulcioIssuer)).Value!.Issuer);
        Assert.Equal(Issuer, Read(l => l.Without(Oids.FulcioIssuerV2)).Value!.Issuer);
    }

    [Fact]
    public void Read_TwoIssuers_Rejected() =>
        AssertFails(Read(l => l.With(CertificateExtension.IssuerV1("https://evil.example"))), "two OIDC issuers, 'https://token.actions.virtual.test' and");

    [Fact]
    public void Read_NoIssuer_Rejected() => AssertFails(Read(l => l.Without(Oids.FulcioIssuer).Without(Oids.FulcioIssuerV2)), "names no OIDC issuer");

    [Fact]
    public void Read_IssuerInOtherEncoding_Rejected()
    {
        AssertFails(WithIssuerBytes([.. Der.Utf8(Issuer), 0]), "not exactly one UTF8String");
        AssertFails(WithIssuerBytes(Encoding.UTF8.GetBytes(Issuer)), "not exactly one UTF8String");
        AssertFails(WithIssuerBytes(Der.Utf8([0xc0, 0x80])), "not exactly one UTF8String");
        AssertFails(Read(l => l.Without(Oids.FulcioIssuerV2).With(new CertificateExtension(Oids.FulcioIssuer, false, [0xff]))), "is not UTF-8");

        static Finding<SigningIdentity> WithIssuerBytes(byte[] value) =>
            Read(l => l.Without(Oids.FulcioIssuer).With(new CertificateExtension(Oids.FulcioIssuerV2, false, value)));
    }

    [Fact]
    public void Read_Extensions_AreRawUpTo6AndDerFrom9()
    {
        var identity = Read(l => l
            .Adding(new CertificateExtension(Oids.Fulcio(5), false, "org/app"u8.ToArray()))
            .Adding(CertificateExtension.Fulcio(12, "https://github.com/org/app"))
            .Adding(CertificateExtension.Fulcio(24, "repo:org/app")));

        AssertHolds(identity);
        Assert.Equal(
            [("githubWorkflowRepository", "org/app"), ("sourceRepositoryUri", "https://github.com/org/app"), ("tokenSubject", "repo:org/app")],
            identity.Value!.Extensions.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => (e.Key, e.Value)));
        AssertFails(Read(l => l.Adding(new CertificateExtension(Oids.Fulcio(12), false, "raw"u8.ToArray()))), "not exactly one UTF8String");
        AssertFails(Read(l => l.Adding(new CertificateExtension(Oids.Fulcio(2), false, [0xff]))), "is not UTF-8");
    }

    [Fact]
    public void Check_IssuerAndSubject_BothMustBe()
    {
        AssertHolds(Check(Exactly(Issuer, Subject)));
        AssertHolds(Check(Exactly("https://other.test", "x"), Exactly(Issuer, Subject)));
        AssertMismatch(Check(Exactly("https://other.test", Subject)));
        AssertMismatch(Check(Exactly(Issuer, "https://other.test")));
        AssertMismatch(Check(Exactly("https://other.test", Subject), Exactly(Issuer, "https://other.test")));
        AssertMismatch(Check());
    }

    [Theory]
    [InlineData("HTTPS://github.com/nodegate/virtual/.github/workflows/release.yml@refs/heads/main")]
    [InlineData("https://github.com/nodegate/virtual/.github/workflows/release.yml@refs/heads/mai")]
    [InlineData("ttps://github.com/nodegate/virtual/.github/workflows/release.yml@refs/heads/main")]
    public void Check_SubjectInOtherCaseOrCutOff_Rejected(string subject) => AssertMismatch(Check(Exactly(Issuer, subject)));

    [Theory]
    [InlineData("https://github.com/nodegate/virtual/.github/workflows/release.yml@refs/heads/main.evil")]
    [InlineData("https://evil.example/https://github.com/nodegate/virtual/.github/workflows/release.yml@refs/heads/main")]
    [InlineData("https://github.com/nodegate/virtual/.github/workflows/release.yml@refs/heads/main\n")]
    public void Check_ExpressionThatMatchesOnlyAPart_Rejected(string subject)
    {
        Assert.True(TextPattern.TryParseRegex("https://github\\.com/nodegate/[a-z]+/.*@refs/heads/main", out var pattern, out _));
        var requirement = new IdentityRequirement(TextPattern.Exactly(Issuer), pattern);

        AssertHolds(Check(requirement));
        AssertMismatch(SigningIdentity.Check(Identity with { Subject = subject }, [requirement]));
    }

    [Fact]
    public void Check_Mismatch_SaysWhoSignedAndTheNearestThatWasExpected()
    {
        var many = Enumerable.Range(0, 4).Select(i => Exactly($"https://{i}.test", "nobody"));

        var found = Check([.. many, Exactly("https://accounts.test", Subject)]);

        Assert.Equal(
            $"signed by '{Subject}' with issuer '{Issuer}'; expected subject '{Subject}' with issuer 'https://accounts.test', "
            + "or subject 'nobody' with issuer 'https://0.test', or subject 'nobody' with issuer 'https://1.test', or one of 2 more",
            found.Detail);
    }

    [Fact]
    public void CheckExtensions_EachMustHaveItsValue()
    {
        var identity = Identity with { Extensions = None.Add("sourceRepositoryUri", "https://github.com/org/app").Add("runnerEnvironment", "github-hosted") };

        AssertHolds(SigningIdentity.CheckExtensions(identity, None));
        AssertHolds(SigningIdentity.CheckExtensions(identity, None.Add("sourceRepositoryUri", "https://github.com/org/app")));
        AssertMismatch(
            SigningIdentity.CheckExtensions(identity, None.Add("sourceRepositoryUri", "https://github.com/org/App")),
            "the extension 'sourceRepositoryUri' is 'https://github.com/org/app'; expected 'https://github.com/org/App'");
        AssertMismatch(
            SigningIdentity.CheckExtensions(identity, identity.Extensions.Add("sourceRepositoryRef", "refs/heads/main")),
            "the extension 'sourceRepositoryRef' is not in the certificate; expected 'refs/heads/main'");
        AssertMismatch(SigningIdentity.CheckExtensions(identity, None.Add("buildTrigger", "")), "the extension 'buildTrigger' is not in the certificate");
    }

    private static IdentityRequirement Exactly(string issuer, string subject) => new(TextPattern.Exactly(issuer), TextPattern.Exactly(subject));

    private static Finding<IdentityRequirement> Check(params IdentityRequirement[] requirements) => SigningIdentity.Check(Identity, [.. requirements]);

    private static void AssertMismatch<T>(Finding<T> finding, string says = "signed by") => AssertFails(finding, says, DecisionReason.IdentityMismatch);

    private static Finding<SigningIdentity> Read(Func<CertificateTemplate, CertificateTemplate> alter) => SigningIdentity.Read(Leaf(Ca, alter));

    private static Finding<SigningIdentity> WithNames(params byte[][] names) => Read(l => l.With(CertificateExtension.AlternativeName(names)));

    private static CertificateTemplate WithIssuer(CertificateTemplate leaf, string issuer) =>
        leaf.With(CertificateExtension.IssuerV1(issuer)).With(CertificateExtension.IssuerV2(issuer));
}
