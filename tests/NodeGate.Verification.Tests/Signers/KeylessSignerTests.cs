using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests.Signers;

/// <summary>Who signed, by certificate: the steps from the trust root to the identity, each with one thing wrong.</summary>
public sealed class KeylessSignerTests
{
    public static TheoryData<string> Versions => ["v0.1", "v0.2", "v0.3", "rekor v2"];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Verify_Signature_Verified(string version)
    {
        var verified = AssertVerified(Keyless.Verify(Keyless.Signature(Options(version))));

        Assert.Equal($"{VirtualSigstore.Subject} ({VirtualSigstore.OidcIssuer})", verified.Signer);
        Assert.Equal($"identity:{VirtualSigstore.OidcIssuer} {VirtualSigstore.Subject}", verified.SignerId);
        Assert.Null(verified.Attestation);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Verify_Message_Verified(string version) => AssertVerified(Keyless.Verify(Keyless.Message(Options(version))));

    [Fact]
    public void Verify_MessageKnownByDigest_Verified() =>
        AssertVerified(EvidenceVerifier.Verify(Keyless.Message(), SignedSubject.KnownByDigest(Subject.Reference, Image), Keyless.Requirement));

    [Fact]
    public void Verify_MessageKnownByAnotherDigest_Rejected() => AssertRejected(
        EvidenceVerifier.Verify(
            Bundle(Keyless.Virtual.Message(ImageBytes, new MintOptions { AlterBundle = b => b.Child("messageSignature").Remove("messageDigest") })),
            SignedSubject.KnownByDigest(Subject.Reference, OtherImage),
            Keyless.Requirement),
        DecisionReason.SignatureInvalid,
        StepNames.Signature);

    [Fact]
    public void Verify_Signature_HasEveryStep() => Assert.Equal(
        ["format", "content", "bundle", "mediaType", "material", "tlogEntries", "timestamps", "keyMaterial", "envelope", "trustRoot", "certificate", "signature",
            "logEntry", "logEntryBody", "inclusionPromise", "checkpoint", "inclusionProof", "logThreshold", "timestampThreshold", "transparencyLog", "trustedTime",
            "certificatePath", "certificateTransparency", "certificate", "identity", "certificateExtensions",
            "payload", "payloadType", "predicateType", "digest", "annotations", "repository"],
        Keyless.Verify(Keyless.Signature()).Steps.Select(s => s.Step));

    [Fact]
    public void Verify_TrustRootThatCannotBeUsed_Unusable() => AssertRejected(
        Keyless.Verify(Keyless.Signature(), Keyless.Requirement with { TrustRoot = TrustRoot.Unusable("was never fetched") }),
        DecisionReason.TrustRootUnusable,
        StepNames.TrustRoot);

    [Fact]
    public void Verify_SignedByAKey_NoSignature() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { ManagedKey = Key })), DecisionReason.NoSignature, StepNames.KeyMaterial);

    [Fact]
    public void Verify_CertificateThatIsNone_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions
        {
            AlterBundle = b => b.Child("verificationMaterial")["certificate"] = new JsonObject { ["rawBytes"] = "MAA=" },
        })),
        DecisionReason.CertificateInvalid,
        StepNames.Certificate);

    [Fact]
    public void Verify_RootInTheBundle_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(MintOptions.V01 with { ChainRest = Keyless.Virtual.Ca.Chain })), DecisionReason.CertificateInvalid, StepNames.Certificate);

    [Fact]
    public void Verify_SignedWithAnotherKeyThanTheCertificates_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { SignWith = OtherKey })), DecisionReason.SignatureInvalid, StepNames.Signature);

    [Fact]
    public void Verify_SignatureAltered_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { AlterSignature = s => [.. s[..^1], (byte)(s[^1] ^ 1)] })),
        DecisionReason.SignatureInvalid,
        StepNames.Signature);

    [Fact]
    public void Verify_NoLogEntry_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { LogVersion = 0, Authorities = [Keyless.Virtual.Tsa] })), DecisionReason.LogEntryInvalid, StepNames.LogThreshold);

    [Fact]
    public void Verify_NoLogEntryAndNoneRequired_Verified() => AssertVerified(Keyless.Verify(
        Keyless.Signature(new MintOptions { LogVersion = 0, Authorities = [Keyless.Virtual.Tsa] }), Keyless.Requirement with { Logs = 0, Timestamps = 1 }));

    [Fact]
    public void Verify_TimestampRequiredAndNone_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(), Keyless.Requirement with { Timestamps = 1 }), DecisionReason.TimestampInvalid, StepNames.TimestampThreshold);

    [Fact]
    public void Verify_NoTrustedTime_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(MintOptions.RekorV2 with { Authorities = [] })), DecisionReason.TimestampInvalid, StepNames.TrustedTime);

    [Fact]
    public void Verify_ProofWithoutPromise_GivesNoTime() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { Log = LogOptions.Default with { Promise = false } })),
        DecisionReason.TimestampInvalid,
        StepNames.TrustedTime);

    [Fact]
    public void Verify_LoggedAfterTheCertificateEnded_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions
        {
            Log = LogOptions.Default with { IntegratedTime = VirtualSigstore.SigningTime.AddHours(1) },
        })),
        DecisionReason.CertificateInvalid,
        StepNames.CertificatePath);

    /// <summary>The client specification: where both a log and an authority say when, both must be within.</summary>
    [Fact]
    public void Verify_TimestampOutsideBesideALogTimeWithin_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions
        {
            Authorities = [Keyless.Virtual.Tsa],
            Timestamp = TimestampOptions.Default with { Time = VirtualSigstore.SigningTime.AddHours(1) },
        })),
        DecisionReason.CertificateInvalid,
        StepNames.CertificatePath);

    [Fact]
    public void Verify_TimestampWhereTheTrustRootHasNoAuthority_DoesNotCount()
    {
        var requirement = Keyless.Requirement with { TrustRoot = Keyless.RootWith(r => r.Remove("timestampAuthorities")) };

        AssertVerified(Keyless.Verify(Keyless.Signature(new MintOptions { Authorities = [Keyless.Virtual.Tsa] }), requirement));
        AssertRejected(Keyless.Verify(Keyless.Signature(MintOptions.RekorV2), requirement), DecisionReason.TimestampInvalid, StepNames.TrustedTime);
    }

    /// <summary>An entry of Rekor v2 has no time of its own: the timestamp says when.</summary>
    [Fact]
    public void Verify_LogThatHadEnded_Rejected() => AssertRejected(
        Keyless.Verify(
            Keyless.Signature(MintOptions.RekorV2),
            Keyless.Requirement with { TrustRoot = Keyless.RootWith(r => r["tlogs"]![1]!["publicKey"]!["validFor"]!["end"] = "2025-02-01T00:00:00Z") }),
        DecisionReason.LogEntryInvalid,
        StepNames.TransparencyLog);

    [Fact]
    public void Verify_CertifiedByAStranger_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { Ca = new VirtualCa() })), DecisionReason.CertificateInvalid, StepNames.CertificatePath);

    [Fact]
    public void Verify_CertificateNotLogged_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { Sct = SctOptions.Default with { Missing = true } })),
        DecisionReason.CertificateInvalid,
        StepNames.CertificateTransparency);

    [Fact]
    public void Verify_AnotherSubject_Mismatch() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { Names = [GeneralName.Uri(VirtualSigstore.Subject + ".evil")] })),
        DecisionReason.IdentityMismatch,
        StepNames.Identity);

    [Fact]
    public void Verify_AnotherIssuer_Mismatch() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { OidcIssuer = "https://issuer.evil.test" })), DecisionReason.IdentityMismatch, StepNames.Identity);

    [Fact]
    public void Verify_TwoSubjects_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(new MintOptions { Names = [GeneralName.Uri(VirtualSigstore.Subject), GeneralName.Uri("https://evil.test")] })),
        DecisionReason.CertificateInvalid,
        StepNames.Certificate);

    [Fact]
    public void Verify_ExtensionWithAnotherValue_Mismatch() => AssertRejected(
        Keyless.Verify(Keyless.Signature(), Keyless.Requirement with { Certificate = Prod.Clear().Add("sourceRepositoryUri", "https://github.com/other/repo") }),
        DecisionReason.IdentityMismatch,
        StepNames.CertificateExtensions);

    [Fact]
    public void Verify_TwoLogsOfTwoOperators_CountTwo()
    {
        var second = new VirtualRekorV1();
        var root = Keyless.RootWith(r =>
        {
            var entry = second.TrustedEntry(VirtualSigstore.TrustedFrom);
            entry["operator"] = "somebody else";
            r["tlogs"]!.AsArray().Add(entry);
        });
        var twice = new MintOptions { Logs = [Keyless.Virtual.RekorV1, second] };

        AssertVerified(Keyless.Verify(Keyless.Signature(twice), Keyless.Requirement with { TrustRoot = root, Logs = 2 }));
        AssertRejected(
            Keyless.Verify(Keyless.Signature(), Keyless.Requirement with { TrustRoot = root, Logs = 2 }), DecisionReason.LogEntryInvalid, StepNames.LogThreshold);
    }

    private static MintOptions Options(string version) => version switch
    {
        "v0.1" => MintOptions.V01,
        "v0.2" => MintOptions.V02,
        "v0.3" => MintOptions.Default,
        _ => MintOptions.RekorV2,
    };
}
