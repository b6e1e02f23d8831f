using NodeGate.Oci;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests.Signers;

/// <summary>Legacy <c>.sig</c> and <c>.att</c> layers with a certificate: every tie between entry, signature, key and payload (CVE-2022-23649, CVE-2022-36056, CVE-2026-22703).</summary>
public sealed class LegacyKeylessTests
{
    [Fact]
    public void Verify_Signature_Verified() =>
        Assert.Equal($"{VirtualSigstore.Subject} ({VirtualSigstore.OidcIssuer})", AssertVerified(Keyless.Verify(Keyless.Legacy())).Signer);

    [Fact]
    public void Verify_SignatureWithTimestamp_Verified() => AssertVerified(Keyless.Verify(
        Keyless.Legacy(new MintOptions { Authorities = [Keyless.Virtual.Tsa] }), Keyless.Requirement with { Timestamps = 1 }));

    [Fact]
    public void Verify_SignatureWithoutCertificate_NoSignature() =>
        AssertRejected(Keyless.Verify(Keyless.Legacy(new MintOptions { ManagedKey = Key })), DecisionReason.NoSignature, StepNames.KeyMaterial);

    [Fact]
    public void Verify_NoLogEntry_Rejected() => AssertRejected(Without(VirtualSigstore.BundleAnnotation), DecisionReason.LogEntryInvalid, StepNames.LogThreshold);

    [Fact]
    public void Verify_NoChain_Verified() => AssertVerified(Without(VirtualSigstore.ChainAnnotation));

    [Theory]
    [InlineData("no PEM")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n")]
    public void Verify_CertificateThatIsNone_Rejected(string text) =>
        AssertRejected(With(VirtualSigstore.CertificateAnnotation, _ => text), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_TwoCertificates_Rejected() =>
        AssertRejected(With(VirtualSigstore.CertificateAnnotation, t => t + t), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_EmptyCertificate_Rejected() =>
        AssertRejected(With(VirtualSigstore.CertificateAnnotation, _ => " "), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_ChainWithTextBetween_Rejected() =>
        AssertRejected(With(VirtualSigstore.ChainAnnotation, t => t + "and\n" + t), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_ChainTooLong_LimitExceeded() => AssertRejected(
        With(VirtualSigstore.ChainAnnotation, t => string.Concat(Enumerable.Repeat(t, VerificationLimits.MaxCertificates))),
        DecisionReason.LimitExceeded,
        StepNames.Material);

    [Fact]
    public void Verify_LogEntryThatIsNone_Rejected() =>
        AssertRejected(With(VirtualSigstore.BundleAnnotation, _ => "{}"), DecisionReason.LogEntryInvalid, StepNames.LogEntries);

    [Fact]
    public void Verify_TimestampThatIsNone_Rejected() =>
        AssertRejected(With(VirtualSigstore.TimestampAnnotation, _ => "{}"), DecisionReason.TimestampInvalid, StepNames.Timestamps);

    /// <summary>A good entry with a good promise, for the same signer and another signature (CVE-2022-23649).</summary>
    [Fact]
    public void Verify_EntryOfAnotherSignature_Rejected()
    {
        var other = Keyless.Virtual.LegacySignature(Repository, OtherImage);

        AssertRejected(
            With(VirtualSigstore.BundleAnnotation, _ => other.Annotations[VirtualSigstore.BundleAnnotation]), DecisionReason.LogEntryInvalid, StepNames.LogEntryBody);
    }

    [Fact]
    public void Verify_EntryOfAnotherCertificate_Rejected()
    {
        var other = Keyless.Virtual.Certificate(new MintOptions { OidcIssuer = "https://other.test" });

        AssertRejected(
            Keyless.Verify(Keyless.Legacy(new MintOptions { AlterLogged = l => l with { Certificate = other } })),
            DecisionReason.LogEntryInvalid,
            StepNames.LogEntryBody);
    }

    [Fact]
    public void Verify_EntryOfAnotherPayload_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Legacy(new MintOptions { AlterLogged = l => l with { Message = "other"u8.ToArray() } })),
        DecisionReason.LogEntryInvalid,
        StepNames.LogEntryBody);

    [Fact]
    public void Verify_PromiseOfAnotherLog_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Legacy(new MintOptions { Log = LogOptions.Default with { PromiseKey = OtherKey } })),
        DecisionReason.LogEntryInvalid,
        StepNames.InclusionPromise);

    [Fact]
    public void Verify_AttestationByAnotherIdentity_Mismatch() => AssertRejected(
        Keyless.Verify(Keyless.LegacyAttestation(new MintOptions { OidcIssuer = "https://issuer.evil.test" }), Keyless.AttestationRequirement),
        DecisionReason.IdentityMismatch,
        StepNames.Identity);

    [Fact]
    public void Verify_AttestationLoggedForAnotherEnvelope_Rejected() => AssertRejected(
        Keyless.Verify(
            Keyless.LegacyAttestation(new MintOptions { AlterLogged = l => l with { Payload = "other"u8.ToArray() } }), Keyless.AttestationRequirement),
        DecisionReason.LogEntryInvalid,
        StepNames.LogEntryBody);

    private static EvidenceResult With(string annotation, Func<string, string> change)
    {
        var good = Keyless.Legacy();
        return Keyless.Verify(good with { Annotations = good.Annotations.SetItem(annotation, change(good.Annotations.GetValueOrDefault(annotation, ""))) });
    }

    private static EvidenceResult Without(string annotation)
    {
        var good = Keyless.Legacy();
        return Keyless.Verify(good with { Annotations = good.Annotations.Remove(annotation) });
    }
}
