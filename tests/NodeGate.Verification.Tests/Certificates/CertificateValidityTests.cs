using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Steps;
using static NodeGate.Verification.Tests.Certificates.CertificateSample;
using Oids = NodeGate.Verification.Certificates.Oids;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>When a path is valid, and which of several authorities a certificate belongs to.</summary>
public sealed class CertificateValidityTests
{
    private static readonly DateTimeOffset End = Time + VirtualCa.LeafLifetime;
    private static readonly VirtualCa SameName = NewCa(rootKey: SigningKey.Create(), intermediateKey: SigningKey.Create());

    [Fact]
    public void CheckValidAt_Leaf_BothEndsIncluded()
    {
        var path = Build(Leaf(Ca), Authority(Ca)).Value!;

        AssertHolds(CertificatePathValidator.CheckValidAt(path, Time));
        AssertHolds(CertificatePathValidator.CheckValidAt(path, End));
        AssertFails(
            CertificatePathValidator.CheckValidAt(path, Time.AddSeconds(-1)),
            "the certificate is valid from 2025-06-01T12:00:00Z to 2025-06-01T12:10:00Z, which 2025-06-01T11:59:59Z is not within");
        AssertFails(CertificatePathValidator.CheckValidAt(path, End.AddSeconds(1)), "the certificate is valid from");
    }

    [Fact]
    public void CheckValidAt_ExpiredIntermediate_Rejected() =>
        AssertFails(
            Valid(NewCa(i => i with { NotAfter = Time.AddSeconds(-1) })), "the issuer's certificate 'CN=virtual-intermediate, O=virtual.test' is valid");

    [Fact]
    public void CheckValidAt_IntermediateOfLater_Rejected() =>
        AssertFails(
            Valid(NewCa(i => i with { NotBefore = Time.AddSeconds(1) })), "the issuer's certificate 'CN=virtual-intermediate, O=virtual.test' is valid");

    [Fact]
    public void CheckValidAt_ExpiredAnchor_Rejected() =>
        AssertFails(Valid(NewCa(root: r => r with { NotAfter = Time.AddSeconds(-1) })), "the issuer's certificate 'CN=virtual, O=virtual.test' is valid");

    [Fact]
    public void CheckValidAt_AuthorityPeriod_BothEndsIncluded()
    {
        AssertHolds(Valid(Ca, new ValidityPeriod(Time, Time)));
        AssertFails(Valid(Ca, new ValidityPeriod(null, Time.AddSeconds(-1))), "is trusted from ever to 2025-06-01T11:59:59Z");
        AssertFails(Valid(Ca, new ValidityPeriod(Time.AddSeconds(1), null)), "is trusted from 2025-06-01T12:00:01Z to now on");
    }

    [Fact]
    public void BuildToAny_SeveralOfOneName_TakesTheOneThatIssued()
    {
        var right = Authority(Ca);

        var path = BuildToAny(Leaf(Ca), [Authority(SameName), right, Authority(SameName)]);

        AssertHolds(path);
        Assert.Same(right, path.Value!.Authority);
    }

    [Fact]
    public void BuildToAny_RetiredBesideRenewed_TakesTheOneThatIsValid()
    {
        var renewed = Authority(Ca);

        var path = BuildToAny(Leaf(Ca), [Authority(Ca, new ValidityPeriod(null, Time.AddDays(-1))), renewed]);

        AssertHolds(path);
        Assert.Same(renewed, path.Value!.Authority);
    }

    [Fact]
    public void BuildToAny_NoneHolds_TellsOfTheOneThatWasNearest()
    {
        var expired = Authority(Ca, new ValidityPeriod(null, Time.AddDays(-1)));
        AssertFails(BuildToAny(Leaf(Ca), [Authority(SameName), expired, Authority(SameName)]), "is trusted from ever to");
        AssertFails(BuildToAny(Leaf(Ca), [Authority(SameName), Authority(NewCa(i => i.Without(Oids.BasicConstraints)))]), "(basicConstraints)");
        AssertFails(BuildToAny(Leaf(Ca), [Authority([CaCertificate("r", RootKey, "r", RootKey)]), Authority(SameName)]), "not of its issuer's key");
        AssertFails(BuildToAny(Leaf(Ca), [Authority(SameName, uri: "https://a.test"), Authority(SameName, uri: "https://b.test")]), "https://a.test");
    }

    [Fact]
    public void BuildToAny_NotValidAtOneOfTheTimes_Rejected()
    {
        AssertHolds(BuildToAny(Leaf(Ca), [Authority(Ca)], Time, End));
        AssertFails(BuildToAny(Leaf(Ca), [Authority(Ca)], Time, End.AddSeconds(1)), "which 2025-06-01T12:10:01Z is not within");
    }

    [Fact]
    public void BuildToAny_NoTime_Rejected() =>
        AssertFails(CertificatePathValidator.BuildToAny(Leaf(Ca), [], [Authority(Ca)], Oids.CodeSigning, []), "no trusted time");

    [Fact]
    public void BuildToAny_NoAuthority_Rejected() => AssertFails(BuildToAny(Leaf(Ca), []), "the trust root has no authority");

    [Fact]
    public void BuildToAny_ManyAtOnce_AllAgree()
    {
        var authority = Authority(Ca);
        var good = Leaf(Ca);
        var bad = Leaf(SameName);

        Parallel.For(0, 200, i => Assert.Equal(i % 2 == 0, BuildToAny(i % 2 == 0 ? good : bad, [authority]).Holds));
    }

    [Fact]
    public void Build_ChainWhoseSignatureIsWrong_IsRejectedEachTime()
    {
        var ca = new VirtualCa(new VirtualCaOptions { RootKey = RootKey, IntermediateKey = IntermediateKey, IntermediateSigner = SigningKey.Create() });
        var authority = Authority(ca);

        AssertFails(Build(Leaf(ca), authority), "the intermediate certificate");
        AssertFails(Build(Leaf(ca), authority), "the intermediate certificate");
    }

    private static Finding<CertificatePath> Valid(VirtualCa ca, ValidityPeriod? period = null) =>
        CertificatePathValidator.CheckValidAt(Build(Leaf(ca), Authority(ca, period)).Value!, Time);

    private static Finding<CertificatePath> BuildToAny(Certificate leaf, CertificateAuthority[] authorities, params DateTimeOffset[] times) =>
        CertificatePathValidator.BuildToAny(leaf, [], [.. authorities], Oids.CodeSigning, times is [] ? [Time] : times);
}
