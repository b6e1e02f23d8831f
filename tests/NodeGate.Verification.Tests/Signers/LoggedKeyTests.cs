using NodeGate.Oci;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests.Signers;

/// <summary>Signatures by key where the policy asks the log, or gives the key a validity period.</summary>
public sealed class LoggedKeyTests
{
    private static readonly MintOptions Managed = new() { ManagedKey = Key };

    private static readonly KeyRequirement Logged = RequirementOf(Key) with { TransparencyLog = new LogRequirement(Keyless.Root, 1, 0) };

    [Fact]
    public void Verify_LoggedInVersion1_Verified() => AssertVerified(Keyless.Verify(Keyless.Signature(Managed), Logged));

    [Fact]
    public void Verify_LoggedInVersion2_Verified() =>
        AssertVerified(Keyless.Verify(Keyless.Signature(MintOptions.RekorV2 with { ManagedKey = Key }), Logged));

    [Fact]
    public void Verify_MessageLogged_Verified() => AssertVerified(Keyless.Verify(Keyless.Message(Managed), Logged));

    [Fact]
    public void Verify_LegacyLogged_Verified() => AssertVerified(Keyless.Verify(Keyless.Legacy(Managed), Logged));

    [Fact]
    public void Verify_NotLogged_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(Managed with { LogVersion = 0 }), Logged), DecisionReason.LogEntryInvalid, StepNames.LogThreshold);

    [Fact]
    public void Verify_LegacyNotLogged_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Legacy(Managed with { LogVersion = 0 }), Logged), DecisionReason.LogEntryInvalid, StepNames.LogThreshold);

    [Fact]
    public void Verify_TrustRootThatCannotBeUsed_Unusable() => AssertRejected(
        Keyless.Verify(Keyless.Signature(Managed), Logged with { TransparencyLog = new LogRequirement(TrustRoot.Unusable("was never fetched"), 1, 0) }),
        DecisionReason.TrustRootUnusable,
        StepNames.TrustRoot);

    /// <summary>The key of a log that has ended is perhaps no longer the log's: without a time an entry of today would count.</summary>
    [Fact]
    public void Verify_LogThatEndsAndNoTime_Rejected()
    {
        var timeless = Keyless.Signature(MintOptions.RekorV2 with { ManagedKey = Key, Authorities = [] });
        var ended = Keyless.RootWith(r => r["tlogs"]![1]!["publicKey"]!["validFor"]!["end"] = "2099-01-01T00:00:00Z");
        var requirement = Logged with { TransparencyLog = new LogRequirement(ended, 1, 0) };

        AssertVerified(Keyless.Verify(timeless, Logged));
        AssertRejected(Keyless.Verify(timeless, requirement), DecisionReason.LogEntryInvalid, StepNames.TransparencyLog);
        AssertVerified(Keyless.Verify(Keyless.Signature(MintOptions.RekorV2 with { ManagedKey = Key, Authorities = [Keyless.Virtual.Tsa] }), requirement));
    }

    [Fact]
    public void Verify_LogNotAskedFor_BrokenEntryIsNotLookedAt() => AssertVerified(Keyless.Verify(
        Keyless.Signature(Managed with { Log = LogOptions.Default with { PromiseKey = OtherKey } }), RequirementOf(Key)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    public void Verify_KeyGoodWhenItSigned_Verified(int from, int until) => AssertVerified(Keyless.Verify(Keyless.Signature(Managed), WithPeriod(from, until)));

    [Theory]
    [InlineData(1, 2)]
    [InlineData(-2, -1)]
    public void Verify_KeyNotGoodWhenItSigned_Rejected(int from, int until) => AssertRejected(
        Keyless.Verify(Keyless.Signature(Managed), WithPeriod(from, until)), DecisionReason.SignatureInvalid, StepNames.KeyValidity);

    [Fact]
    public void Verify_KeyWithPeriodAndNoTime_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(Managed), WithPeriod(-1, 1) with { TransparencyLog = null }), DecisionReason.TimestampInvalid, StepNames.KeyValidity);

    private static KeyRequirement WithPeriod(int from, int until) => Logged with
    {
        Keys =
        [
            new TrustedKey(
                PublicKeyOf(Key),
                new ValidityPeriod(VirtualSigstore.SigningTime.AddSeconds(from), VirtualSigstore.SigningTime.AddSeconds(until))),
        ],
    };
}
