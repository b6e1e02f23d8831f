using System.Collections.Immutable;
using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests;

public sealed class LegacySignatureTests
{
    [Fact]
    public void Verify_SignedByKey_NamesSignerAndEveryStep()
    {
        var result = Verify(GoodLegacy(Prod));

        var verified = AssertVerified(result);
        Assert.Equal($"key sha256:{Key.Fingerprint}", verified.Signer);
        Assert.Equal($"key:sha256:{Key.Fingerprint}", verified.SignerId);
        Assert.Equal(EvidenceKind.CosignSignature, verified.Kind);
        Assert.Equal("prod", verified.Annotations["env"]);
        Assert.Equal(
            ["format", "content", "mediaType", "signatureEncoding", "signature", "transparencyLog", "keyValidity", "predicateType", "payload", "payloadType", "digest", "repository", "annotations"],
            result.Steps.Select(s => s.Step));
        Assert.All(result.Steps.Where(s => s.Step != StepNames.TransparencyLog), s => Assert.Equal(StepOutcome.Passed, s.Outcome));
        Assert.Equal(StepOutcome.Skipped, result.Steps.Single(s => s.Step == StepNames.TransparencyLog).Outcome);
    }

    [Fact]
    public void Verify_SecondOfTwoKeys_NamesThatKey() =>
        Assert.Equal($"key sha256:{Key.Fingerprint}", AssertVerified(Verify(GoodLegacy(), RequirementOf(OtherKey, Key))).Signer);

    [Fact]
    public void Verify_LegacyNotAccepted_NoSignature() =>
        AssertRejected(Verify(GoodLegacy(), Requirement with { AcceptLegacy = false }), DecisionReason.NoSignature, StepNames.Format);

    [Fact]
    public void Verify_PayloadOfAnotherDigest_Rejected() =>
        AssertRejected(Verify(GoodLegacy() with { Source = OtherImage }), DecisionReason.SignatureInvalid, StepNames.Content);

    [Theory]
    [InlineData("application/vnd.dsse.envelope.v1+json")]
    [InlineData("application/vnd.dev.cosign.simplesigning.v1+JSON")]
    [InlineData("")]
    public void Verify_OtherMediaType_Rejected(string mediaType) =>
        AssertRejected(Verify(GoodLegacy() with { MediaType = mediaType }), DecisionReason.SignatureInvalid, StepNames.MediaType);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Verify_NoSignatureAnnotation_Rejected(string? text)
    {
        var annotations = text is null
            ? ImmutableDictionary<string, string>.Empty
            : ImmutableDictionary<string, string>.Empty.Add(LegacySignature.SignatureAnnotation, text);

        AssertRejected(Verify(GoodLegacy() with { Annotations = annotations }), DecisionReason.SignatureInvalid, StepNames.SignatureEncoding);
    }

    [Fact]
    public void Verify_SignatureWithLineBreak_Rejected()
    {
        var good = GoodLegacy();
        var text = good.Annotations[LegacySignature.SignatureAnnotation];

        var evidence = good with { Annotations = good.Annotations.SetItem(LegacySignature.SignatureAnnotation, text + "\n") };

        AssertRejected(Verify(evidence), DecisionReason.SignatureInvalid, StepNames.SignatureEncoding);
    }

    [Fact]
    public void Verify_SignedByAnotherKey_RejectedWithFingerprints()
    {
        var rejected = AssertRejected(
            Verify(Legacy(LegacySignature.Of(OtherKey, Repository, Image))), DecisionReason.SignatureInvalid, StepNames.Signature);

        Assert.Contains(Key.Fingerprint, rejected.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_PayloadChangedAfterSigning_Rejected()
    {
        var good = LegacySignature.Of(Key, Repository, Image);
        var changed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good.Payload.Span).Replace("null", "{}", StringComparison.Ordinal));

        AssertRejected(Verify(Legacy(good with { Payload = changed })), DecisionReason.SignatureInvalid, StepNames.Signature);
    }

    [Fact]
    public void Verify_ForeignSignatureWithCertificate_SaysKeyless()
    {
        var foreign = Legacy(LegacySignature.Of(OtherKey, Repository, Image));
        var evidence = foreign with { Annotations = foreign.Annotations.Add("dev.sigstore.cosign/certificate", "-----BEGIN") };

        Assert.Contains("keyless", AssertRejected(Verify(evidence), DecisionReason.SignatureInvalid, StepNames.Signature).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_UnsignedGarbageAsPayload_IsNeverParsed()
    {
        var good = LegacySignature.Of(Key, Repository, Image);

        AssertRejected(Verify(Legacy(good with { Payload = new byte[] { 0xff } })), DecisionReason.SignatureInvalid, StepNames.Signature);
    }

    [Fact]
    public void Verify_UnknownTopLevelMember_Rejected() => AssertPayloadRejected("\"optional\":null", "\"optional\":null,\"more\":1", StepNames.Payload);

    [Fact]
    public void Verify_UnknownCriticalMember_Rejected() => AssertPayloadRejected("\"identity\":{", "\"also\":1,\"identity\":{", StepNames.Payload);

    [Fact]
    public void Verify_UnknownIdentityMember_Rejected() => AssertPayloadRejected("\"docker-reference\":", "\"also\":1,\"docker-reference\":", StepNames.Payload);

    [Fact]
    public void Verify_UnknownImageMember_Rejected() =>
        AssertPayloadRejected("\"docker-manifest-digest\":", "\"also\":1,\"docker-manifest-digest\":", StepNames.Payload);

    [Theory]
    [InlineData("\"type\":\"cosign container image signature\"", "\"type\":7")]
    [InlineData(",\"type\":\"cosign container image signature\"", "")]
    [InlineData("\"optional\":null", "\"optional\":[]")]
    [InlineData("\"docker-reference\"", "\"Docker-reference\"")]
    public void Verify_MemberMissingOrOfAnotherKind_Rejected(string found, string replacement) =>
        AssertPayloadRejected(found, replacement, StepNames.Payload);

    [Theory]
    [InlineData("atomic container signature")]
    [InlineData("cosign container image signature ")]
    [InlineData("Cosign container image signature")]
    public void Verify_OtherType_Rejected(string type) =>
        AssertPayloadRejected("\"type\":\"cosign container image signature\"", $"\"type\":\"{type}\"", StepNames.PayloadType);

    [Fact]
    public void Verify_DigestOfAnotherImage_Rejected() =>
        AssertRejected(Verify(Legacy(LegacySignature.Of(Key, Repository, OtherImage))), DecisionReason.SignatureInvalid, StepNames.Digest);

    [Fact]
    public void Verify_DigestInUpperCase_Rejected() =>
        AssertPayloadRejected(Image.Hex, Image.Hex.ToUpperInvariant(), StepNames.Digest);

    [Fact]
    public void Verify_ImagePulledBySha512_IsBoundByTheSha256OfItsBytes()
    {
        var sha512 = Digest.Of(ImageBytes, DigestAlgorithm.Sha512);
        var subject = new SignedSubject(
            ImageReference.Parse($"{Repository}@{sha512}"), new Descriptor(MediaTypes.OciManifest, sha512, ImageBytes.Length), ImageBytes);

        AssertVerified(Verify(GoodLegacy(), subject: subject));
    }

    [Fact]
    public void Verify_AnotherRepository_Rejected() =>
        AssertRejected(Verify(Legacy(LegacySignature.Of(Key, "ghcr.io/org/other", Image))), DecisionReason.SignatureInvalid, StepNames.Repository);

    [Theory]
    [InlineData("ghcr.io/org/app:1.0")]
    [InlineData("index.docker.io/library/nginx")]
    [InlineData("nginx")]
    public void Verify_AnotherSpellingOfTheRepository_Verified(string repository)
    {
        var subject = SubjectOf(repository.Contains("nginx", StringComparison.Ordinal) ? "docker.io/library/nginx:1" : $"{Repository}:1.0");

        AssertVerified(Verify(Legacy(LegacySignature.Of(Key, repository, Image)), subject: subject));
    }

    [Fact]
    public void Verify_SignedRepositoryNamesIt_Verified() =>
        AssertVerified(Verify(Legacy(LegacySignature.Of(Key, "quay.io/org/app", Image)), Requirement with { SignedRepository = "quay.io/org/app" }));

    [Theory]
    [InlineData("quay.io/org/app2")]
    [InlineData("quay.io/org/App")]
    public void Verify_SignedRepositoryNamesAnother_Rejected(string allowed) =>
        AssertRejected(
            Verify(Legacy(LegacySignature.Of(Key, "quay.io/org/app", Image)), Requirement with { SignedRepository = allowed }),
            DecisionReason.SignatureInvalid,
            StepNames.Repository);

    [Theory]
    [InlineData("Ghcr.io/org/APP")]
    [InlineData("")]
    public void Verify_ReferenceThatIsNone_Rejected(string reference) =>
        AssertRejected(Verify(Legacy(LegacySignature.Of(Key, reference, Image))), DecisionReason.SignatureInvalid, StepNames.Repository);

    [Fact]
    public void Verify_SignedForAnotherTag_Rejected() =>
        AssertRejected(Verify(Legacy(LegacySignature.Of(Key, $"{Repository}:2.0", Image))), DecisionReason.SignatureInvalid, StepNames.Repository);

    /// <summary>Parsing drops the tag before a digest; the signer wrote it all the same.</summary>
    [Fact]
    public void Verify_SignedForAnotherTagWithTheDigest_Rejected() =>
        AssertRejected(
            Verify(Legacy(LegacySignature.Of(Key, $"{Repository}:2.0@{Image}", Image))), DecisionReason.SignatureInvalid, StepNames.Repository);

    [Theory]
    [InlineData("", false)]
    [InlineData(":1.0", true)]
    [InlineData(":2.0", true)]
    public void Verify_PayloadNamesATag_TheResultSaysSo(string tag, bool expected) =>
        Assert.Equal(expected, Verify(Legacy(LegacySignature.Of(Key, Repository + tag, Image))).NamesTag);

    [Fact]
    public void Verify_SignedForAnotherDigestInTheReference_Rejected() =>
        AssertRejected(
            Verify(Legacy(LegacySignature.Of(Key, $"{Repository}@{OtherImage}", Image))), DecisionReason.SignatureInvalid, StepNames.Repository);

    [Fact]
    public void Verify_RequiredAnnotationsSigned_Verified() =>
        AssertVerified(Verify(GoodLegacy(Prod.Add("team", "a")), Requirement with { Annotations = Prod }));

    [Theory]
    [InlineData("env", "Prod")]
    [InlineData("Env", "prod")]
    [InlineData("env", "")]
    public void Verify_RequiredAnnotationNotSigned_Rejected(string name, string value)
    {
        var signed = ImmutableDictionary<string, string>.Empty.Add(name, value);

        AssertRejected(Verify(GoodLegacy(signed), Requirement with { Annotations = Prod }), DecisionReason.SignatureInvalid, StepNames.Annotations);
    }

    [Fact]
    public void Verify_AnnotationThatIsNotText_DoesNotCount()
    {
        var evidence = LegacyWithPayload(LegacySignature.PayloadFor(Repository, Image).Replace("null", "{\"env\":1,\"at\":{\"x\":[]}}", StringComparison.Ordinal));

        Assert.Empty(AssertVerified(Verify(evidence)).Annotations);
        AssertRejected(
            Verify(evidence, Requirement with { Annotations = Prod.SetItem("env", "1") }), DecisionReason.SignatureInvalid, StepNames.Annotations);
    }

    [Fact]
    public void Verify_UnreadableEvidence_KeepsReasonAndDetail()
    {
        var rejected = AssertRejected(
            Verify(new UnreadableEvidence(OtherImage, EvidenceKind.SigstoreBundle, DecisionReason.LimitExceeded, "9 MiB")),
            DecisionReason.LimitExceeded,
            StepNames.Content);

        Assert.Equal(("9 MiB", EvidenceKind.SigstoreBundle, OtherImage), (rejected.Detail, rejected.Kind, rejected.Source));
    }

    [Fact]
    public void Verify_NoKeys_Rejected() =>
        AssertRejected(Verify(GoodLegacy(), Requirement with { Keys = [] }), DecisionReason.SignatureInvalid, StepNames.Signature);

    [Fact]
    public void Verify_StrangersText_CannotForgeALine()
    {
        var rejected = AssertRejected(
            Verify(Legacy(LegacySignature.Of(Key, "a\nb\u001b[31m\u202e", Image))), DecisionReason.SignatureInvalid, StepNames.Repository);

        Assert.DoesNotContain(rejected.Detail, c => c is < ' ' or > '~');
    }

    [Fact]
    public void SignedSubject_OtherBytes_Throws() =>
        Assert.Throws<ArgumentException>(() => new SignedSubject(
            ImageReference.Parse(Repository), new Descriptor(MediaTypes.OciManifest, OtherImage, ImageBytes.Length), ImageBytes));

    [Theory]
    [InlineData(EvidenceKind.CosignSignature, "cosign-signature")]
    [InlineData(EvidenceKind.SigstoreBundle, "sigstore-bundle")]
    public void ToWord_EachKind_IsTheContract(EvidenceKind kind, string word) => Assert.Equal(word, kind.ToWord());

    private static void AssertPayloadRejected(string found, string replacement, string step)
    {
        var payload = LegacySignature.PayloadFor(Repository, Image);
        Assert.Contains(found, payload, StringComparison.Ordinal);

        var result = Verify(LegacyWithPayload(payload.Replace(found, replacement, StringComparison.Ordinal)));

        AssertRejected(result, DecisionReason.SignatureInvalid, step);
    }
}
