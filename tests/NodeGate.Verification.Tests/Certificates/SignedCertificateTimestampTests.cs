using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Steps;
using static NodeGate.Verification.Tests.Certificates.CertificateSample;
using CertificateExtension = NodeGate.Testing.Sigstore.CertificateExtension;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>The promises of certificate logs (verification.md section 9 item 4).</summary>
public sealed class SignedCertificateTimestampTests
{
    private static readonly VirtualCtLog Log = new();
    private static readonly VirtualCtLog OtherLog = new(baseUrl: "https://other.virtual.test");

    [Fact]
    public void Check_Good_CountsTheLogs()
    {
        AssertCount(1, Check(new SctOptions()));
        AssertCount(2, Check(new SctOptions { Logs = [Log, OtherLog] }, Trusted(Log), Trusted(OtherLog)));
        AssertCount(1, Check(new SctOptions { Logs = [Log, Log] }));
        AssertCount(1, Check(new SctOptions { Logs = [OtherLog, Log] }));
    }

    [Fact]
    public void Check_Extensions_AreUnderTheSignature()
    {
        AssertCount(1, Check(new SctOptions { Extensions = [0, 0, 5, 1, 2, 3, 4, 5] }));
        AssertFails(Check(new SctOptions { Extensions = [1], AlterSct = sct => At(sct, 43, 2) }), "does not verify");
    }

    [Fact]
    public void Check_LogWithRsaKey_Holds()
    {
        var rsa = new VirtualCtLog(SigningKey.Rsa(2048, RSASignaturePadding.Pkcs1));

        AssertCount(1, Check(new SctOptions { Logs = [rsa] }, Trusted(rsa)));
    }

    [Fact]
    public void Check_OldCertificateWithPoisonRemoved_Holds()
    {
        // The log signed the certificate without either; the poison itself makes the path fail.
        var leaf = LeafTemplate(Ca);
        var promise = Log.Extension(leaf.ToBeSigned(IntermediateKey), IntermediateKey, Time, SctOptions.Default);
        var poisoned = leaf.Adding(new CertificateExtension("1.3.6.1.4.1.11129.2.4.3", true, Der.Null)).Adding(promise).Sign(IntermediateKey);

        AssertCount(1, Check(Certificate.Read(poisoned), Trusted(Log)));
    }

    [Fact]
    public void Check_NoLogsInTheTrustRoot_NothingIsAskedFor() => AssertCount(0, Check(Leaf(Ca), []));

    [Fact]
    public void Check_NoTimestamp_Rejected() => AssertFails(Check(new SctOptions { Missing = true }), "the certificate has no SCT");

    [Fact]
    public void Check_UnknownLog_Rejected() =>
        AssertFails(Check(new SctOptions { Logs = [OtherLog] }), $"the log {Convert.ToHexStringLower(OtherLog.Id)} is not in the trust root");

    [Fact]
    public void Check_BadSignatureBesideAGoodOne_Rejected()
    {
        var broken = new SctOptions { Logs = [Log, OtherLog], AlterSct = sct => sct.AsSpan(1, 32).SequenceEqual(OtherLog.Id) ? At(sct, 40, 1) : sct };
        AssertFails(Check(broken, Trusted(Log), Trusted(OtherLog)), "the SCT of the log 'https://other.virtual.test' is not for this certificate");
    }

    [Fact]
    public void Check_OutsideTheLogsPeriod_Rejected()
    {
        AssertCount(1, Check(new SctOptions(), Trusted(Log, new ValidityPeriod(Time, Time))));
        AssertFails(Check(new SctOptions(), Trusted(Log, new ValidityPeriod(null, Time.AddMilliseconds(-1)))), "is trusted from ever to");
        AssertFails(Check(new SctOptions { Timestamp = Time.AddMilliseconds(-1) }, Trusted(Log, new ValidityPeriod(Time, null))), "and its SCT of");
    }

    [Fact]
    public void Check_KeyWithTwoPeriods_OneIsEnough() =>
        AssertCount(1, Check(
            new SctOptions(), Trusted(Log, new ValidityPeriod(null, Time.AddDays(-1))), Trusted(Log, new ValidityPeriod(Time.AddDays(-1), null))));

    [Fact]
    public void Check_OtherKeyUnderTheLogsName_Rejected() => AssertFails(Check(new SctOptions { SigningKey = SigningKey.Create() }), "does not verify");

    [Fact]
    public void Check_PromisedForAnotherIssuer_Rejected() => AssertFails(Check(new SctOptions { Issuer = RootKey }), "does not verify");

    [Fact]
    public void Check_PromisedForAnotherCertificate_Rejected()
    {
        AssertFails(Check(new SctOptions { AlterTbs = tbs => [.. tbs[..^1], (byte)(tbs[^1] ^ 1)] }), "does not verify");
        var moved = LeafTemplate(Ca).Adding(Log.Extension(LeafTemplate(Ca).ToBeSigned(IntermediateKey), IntermediateKey, Time, SctOptions.Default));
        AssertFails(Check(Certificate.Read(moved.Sign(IntermediateKey)), Trusted(Log)), "does not verify");
    }

    [Fact]
    public void Check_OtherAlgorithm_Rejected()
    {
        AssertFails(Check(new SctOptions { HashAlgorithm = 5 }), "states hash 5 and signature 3");
        AssertFails(Check(new SctOptions { SignatureAlgorithm = 1 }), "states hash 4 and signature 1");
        AssertFails(Check(new SctOptions { SignatureAlgorithm = 7 }), "states hash 4 and signature 7");
    }

    [Fact]
    public void Check_OtherVersion_Rejected() => AssertFails(Check(new SctOptions { Version = 1 }), "has version 1");

    [Fact]
    public void Check_TimeThatIsNone_Rejected() => AssertFails(Check(new SctOptions { AlterSct = sct => At(sct, 33, 0xff) }), "after the year 9999");

    [Fact]
    public void Check_EmptyList_Rejected() => AssertFails(Check(new SctOptions { Empty = true }), "list of SCTs is empty");

    [Fact]
    public void Check_TrailingBytes_Rejected()
    {
        AssertFails(Check(new SctOptions { AlterList = list => [.. list, 0] }), "trailing bytes");
        AssertFails(Check(new SctOptions { AlterSct = sct => [.. sct, 0] }), "trailing bytes");
        AssertFails(Check(new SctOptions { AlterExtension = value => [.. value, 0] }), "not strict DER");
    }

    [Fact]
    public void Check_CutOff_Rejected()
    {
        AssertFails(Check(new SctOptions { AlterSct = sct => sct[..^1] }), "cut off");
        AssertFails(Check(new SctOptions { AlterList = _ => [0] }), "cut off");
        AssertFails(Check(new SctOptions { AlterList = _ => [0, 3, 0, 5, 0] }), "cut off");
    }

    [Fact]
    public void Check_NoDerInside_Rejected() => AssertFails(Check(new SctOptions { AlterExtension = _ => [1, 2] }), "not strict DER");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Check_Timestamps_OneBeyondIsRejected(int beyond)
    {
        var found = Check(new SctOptions { Logs = [.. Enumerable.Repeat(Log, VerificationLimits.MaxCertificateTimestamps + beyond)] });
        if (beyond == 0)
        {
            AssertCount(1, found);
        }
        else
        {
            AssertFails(found, "more than 16 SCTs", DecisionReason.LimitExceeded);
        }
    }

    private static byte[] At(byte[] bytes, int position, byte value)
    {
        bytes[position] = value;
        return bytes;
    }

    private static TransparencyLog Trusted(VirtualCtLog log, ValidityPeriod? validFor = null)
    {
        Assert.True(PublicKey.TryParse(log.Key.PublicDer, out var key, out _));
        var baseUrl = log == OtherLog ? "https://other.virtual.test" : "https://ctfe.virtual.test";
        return new TransparencyLog(baseUrl, log.Id, key, validFor ?? ValidityPeriod.Always, "virtual");
    }

    private static Finding<int> Check(SctOptions options, params TransparencyLog[] logs) =>
        Check(Certificate.Read(Ca.Issue(LeafTemplate(Ca), Log, options)), logs is [] ? [Trusted(Log)] : logs);

    private static Finding<int> Check(Certificate leaf, params TransparencyLog[] logs) =>
        SignedCertificateTimestamps.Check(leaf, Certificate.Read(Ca.Intermediate), [.. logs]);

    private static void AssertCount(int logs, Finding<int> finding)
    {
        AssertHolds(finding);
        Assert.Equal(logs, finding.Value);
    }
}
