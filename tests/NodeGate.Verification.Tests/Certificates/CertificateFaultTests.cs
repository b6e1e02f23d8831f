using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Certificates.CertificateSample;
using static NodeGate.Verification.Tests.Sample;
using CertificateExtension = NodeGate.Testing.Sigstore.CertificateExtension;
using Oids = NodeGate.Testing.Sigstore.Oids;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>
/// Whole evidence in which only the certificate is wrong, in one thing: the reason and the step that the trace shows (verification.md section 9
/// items 2 to 4).
/// </summary>
public sealed class CertificateFaultTests
{
    private static readonly CertificateExtension Unknown = new(Oids.Unknown, true, []);

    private static readonly Dictionary<string, (string Step, Func<CertificateTemplate, CertificateTemplate> Leaf)> Leaves = new(StringComparer.Ordinal)
    {
        ["version 1"] = (StepNames.Certificate, l => l with { Version = 1, Extensions = [] }),
        ["negative serial number"] = (StepNames.Certificate, l => l with { Serial = [0x80] }),
        ["an extension twice"] = (StepNames.Certificate, l => l.Adding(CertificateExtension.IssuerV2("https://other.test"))),
        ["two algorithms"] = (StepNames.Certificate, l => l with { OuterAlgorithm = Der.Sequence(Der.Oid("1.2.840.10045.4.3.2")) }),
        ["expired"] = (StepNames.CertificatePath, l => l with { NotBefore = Time.AddHours(-1), NotAfter = Time.AddSeconds(-1) }),
        ["not yet valid"] = (StepNames.CertificatePath, l => l with { NotBefore = Time.AddSeconds(1) }),
        ["no purpose"] = (StepNames.CertificatePath, l => l.Without(Oids.ExtendedKeyUsage)),
        ["for clients"] = (StepNames.CertificatePath, l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.ClientAuth))),
        ["for anything"] = (StepNames.CertificatePath, l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.AnyExtendedKeyUsage))),
        ["for code and anything"] =
            (StepNames.CertificatePath, l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.CodeSigning, Oids.AnyExtendedKeyUsage))),
        ["no key usage"] = (StepNames.CertificatePath, l => l.Without(Oids.KeyUsage)),
        ["an authority"] = (StepNames.CertificatePath, l => l.With(CertificateExtension.BasicConstraints(true))),
        ["unknown critical extension"] = (StepNames.CertificatePath, l => l.Adding(Unknown)),
        ["name constraints"] = (StepNames.CertificatePath, l => l.Adding(CertificateExtension.NameConstraints(GeneralName.Dns("a")) with { Critical = false })),
        ["another issuer's name"] = (StepNames.CertificatePath, l => l with { Issuer = Name("other") }),
        ["no name"] = (StepNames.Certificate, l => l.Without(Oids.SubjectAlternativeName)),
        ["name not critical"] = (StepNames.Certificate, l => l.WithCritical(Oids.SubjectAlternativeName, false)),
        ["two names"] = (StepNames.Certificate, l => Named(l, GeneralName.Uri(VirtualSigstore.Subject), GeneralName.Email("a@evil.test"))),
        ["NUL in the name"] = (StepNames.Certificate, l => Named(l, GeneralName.Uri(VirtualSigstore.Subject + "\0.evil"))),
        ["name of a host"] = (StepNames.Certificate, l => Named(l, GeneralName.Dns("example.org"))),
        ["user name that is no text"] = (StepNames.Certificate, l => Named(l, GeneralName.Other(Der.OctetString([1])))),
        ["user name of another type"] = (StepNames.Certificate, l => Named(l, GeneralName.Other(Der.Utf8("me"), "1.2.3"))),
        ["no OIDC issuer"] = (StepNames.Certificate, l => l.Without(Oids.FulcioIssuer).Without(Oids.FulcioIssuerV2)),
        ["two OIDC issuers"] = (StepNames.Certificate, l => l.With(CertificateExtension.IssuerV1("https://other.test"))),
        ["trailing byte in the OIDC issuer"] =
            (StepNames.Certificate, l => l.With(new CertificateExtension(Oids.FulcioIssuerV2, false, [.. Der.Utf8(VirtualSigstore.OidcIssuer), 0]))),
    };

    private static readonly Dictionary<string, SctOptions> Timestamps = new(StringComparer.Ordinal)
    {
        ["none"] = new() { Missing = true },
        ["empty list"] = new() { Empty = true },
        ["unknown log"] = new() { Logs = [new VirtualCtLog()] },
        ["another key"] = new() { SigningKey = SigningKey.Create() },
        ["another issuer"] = new() { Issuer = LeafKey },
        ["another certificate"] = new() { AlterTbs = tbs => [.. tbs, 0] },
        ["before the log was trusted"] = new() { Timestamp = VirtualSigstore.TrustedFrom.AddSeconds(-1) },
        ["trailing byte in the list"] = new() { AlterList = list => [.. list, 0] },
        ["trailing byte in the timestamp"] = new() { AlterSct = sct => [.. sct, 0] },
        ["another hash"] = new() { HashAlgorithm = 5 },
        ["another version"] = new() { Version = 1 },
    };

    private static readonly Dictionary<string, VirtualCaOptions> Authorities = new(StringComparer.Ordinal)
    {
        ["leaf signed by another key"] = new() { LeafSigner = SigningKey.Create() },
        ["leaf signed with SHA-1"] = new() { LeafSigner = IntermediateKey.Sha1() },
        ["intermediate signed by another key"] = new() { IntermediateSigner = SigningKey.Create() },
        ["intermediate signed with SHA-1"] = new() { IntermediateSigner = RootKey.Sha1() },
        ["intermediate expired"] = new() { AlterIntermediate = i => i with { NotAfter = Time.AddSeconds(-1) } },
        ["intermediate of later"] = new() { AlterIntermediate = i => i with { NotBefore = Time.AddHours(1) } },
        ["intermediate no authority"] = new() { AlterIntermediate = i => i.With(CertificateExtension.BasicConstraints(false)) },
        ["intermediate may not sign"] = new() { AlterIntermediate = i => i.With(CertificateExtension.KeyUsage(CertificateExtension.CrlSign)) },
        ["intermediate for clients"] = new() { AlterIntermediate = i => i.With(CertificateExtension.ExtendedKeyUsage(Oids.ClientAuth)) },
        ["intermediate with name constraints"] =
            new() { AlterIntermediate = i => i.Adding(CertificateExtension.NameConstraints(GeneralName.Uri("example.org"))) },
        ["intermediate with unknown critical extension"] = new() { AlterIntermediate = i => i.Adding(Unknown) },
        ["root expired"] = new() { AlterRoot = r => r with { NotAfter = Time.AddSeconds(-1) } },
        ["root for no intermediate"] = new() { AlterRoot = r => r.With(CertificateExtension.BasicConstraints(true, 0)) },
    };

    public static TheoryData<string> LeafFaults => [.. Leaves.Keys];

    public static TheoryData<string> TimestampFaults => [.. Timestamps.Keys];

    public static TheoryData<string> AuthorityFaults => [.. Authorities.Keys];

    [Theory]
    [MemberData(nameof(LeafFaults))]
    public void Verify_FaultOfTheCertificate_Rejected(string fault) => AssertRejected(
        Keyless.Verify(Keyless.Signature(MintOptions.RekorV2 with { Leaf = Leaves[fault].Leaf })), DecisionReason.CertificateInvalid, Leaves[fault].Step);

    [Theory]
    [MemberData(nameof(TimestampFaults))]
    public void Verify_FaultOfTheCertificateLog_Rejected(string fault) => AssertRejected(
        Keyless.Verify(Keyless.Signature(MintOptions.RekorV2 with { Sct = Timestamps[fault] })),
        DecisionReason.CertificateInvalid,
        StepNames.CertificateTransparency);

    [Theory]
    [MemberData(nameof(AuthorityFaults))]
    public void Verify_FaultOfTheAuthority_Rejected(string fault)
    {
        var ca = new VirtualCa(Authorities[fault] with { RootKey = RootKey, IntermediateKey = IntermediateKey });
        AssertRejected(VerifyWith(ca), DecisionReason.CertificateInvalid, StepNames.CertificatePath);
    }

    [Fact]
    public void Verify_AuthorityTrustedUntilThen_Rejected() => AssertRejected(
        VerifyWith(Ca, until: Time.AddSeconds(-1)), DecisionReason.CertificateInvalid, StepNames.CertificatePath);

    [Fact]
    public void Verify_AuthorityTrustedAtThatInstant_Verified() => AssertVerified(VerifyWith(Ca, until: Time));

    private static EvidenceResult VerifyWith(VirtualCa ca, DateTimeOffset? until = null)
    {
        var root = Keyless.RootWith(r => r["certificateAuthorities"]!.AsArray()[0] = ca.TrustedEntry(VirtualSigstore.TrustedFrom, until));
        return Keyless.Verify(Keyless.Signature(MintOptions.RekorV2 with { Ca = ca }), Keyless.Requirement with { TrustRoot = root });
    }

    private static CertificateTemplate Named(CertificateTemplate leaf, params byte[][] names) => leaf.With(CertificateExtension.AlternativeName(names));
}
