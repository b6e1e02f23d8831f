using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests;

public sealed class BundleSignatureTests
{
    [Theory]
    [InlineData(Bundles.V01)]
    [InlineData(Bundles.V02)]
    [InlineData(Bundles.V03Old)]
    [InlineData(Bundles.V03)]
    public void Verify_StatementSignedByKey_Verified(string mediaType)
    {
        var verified = AssertVerified(Verify(Bundle(Bundles.Signature(Key, Image, Prod, mediaType))));

        Assert.Equal($"key sha256:{Key.Fingerprint}", verified.Signer);
        Assert.Equal(EvidenceKind.SigstoreBundle, verified.Kind);
        Assert.Equal("prod", verified.Annotations["env"]);
    }

    [Fact]
    public void Verify_StatementSignedByKey_HasEveryStep() =>
        Assert.Equal(
            ["format", "content", "bundle", "mediaType", "material", "tlogEntries", "timestamps", "keyMaterial", "envelope", "signature", "transparencyLog",
                "keyValidity", "payload", "payloadType", "predicateType", "digest", "annotations", "repository"],
            Verify(GoodBundle()).Steps.Select(s => s.Step));

    [Theory]
    [InlineData(Bundles.V01)]
    [InlineData(Bundles.V03)]
    public void Verify_ManifestSignedByKey_Verified(string mediaType) => AssertVerified(Verify(Bundle(Bundles.Message(Key, ImageBytes, mediaType))));

    [Fact]
    public void Verify_MessageWithoutDigest_Verified() =>
        AssertVerified(Verify(MessageWith(b => b.Child("messageSignature").Remove("messageDigest"))));

    [Fact]
    public void Verify_BundleNotAccepted_NoSignature() =>
        AssertRejected(Verify(GoodBundle(), Requirement with { AcceptBundle = false }), DecisionReason.NoSignature, StepNames.Format);

    [Fact]
    public void Verify_BundleOfAnotherDigest_Rejected() =>
        AssertRejected(Verify(GoodBundle() with { Source = OtherImage }), DecisionReason.SignatureInvalid, StepNames.Content);

    [Theory]
    [InlineData("application/vnd.dev.sigstore.bundle.v0.4+json")]
    [InlineData("application/vnd.dev.sigstore.bundle+json;version=99")]
    [InlineData("application/vnd.dev.sigstore.bundle+json; version=0.3")]
    [InlineData("application/vnd.dev.sigstore.bundle")]
    public void Verify_UnknownVersion_Rejected(string mediaType) =>
        AssertRejected(Verify(BundleWith(b => b["mediaType"] = mediaType)), DecisionReason.SignatureInvalid, StepNames.MediaType);

    [Fact]
    public void Verify_CertificateInstead_NoSignature() =>
        AssertRejected(
            Verify(BundleWith(b => b["verificationMaterial"] = new JsonObject { ["certificate"] = new JsonObject { ["rawBytes"] = "MAA=" } })),
            DecisionReason.NoSignature,
            StepNames.KeyMaterial);

    [Fact]
    public void Verify_OtherPayloadType_Rejected() =>
        AssertRejected(
            Verify(Bundle(Bundles.Dsse(Key, Bundles.Statement(Image).ToJsonString(), "application/vnd.in-toto+JSON"))),
            DecisionReason.SignatureInvalid,
            StepNames.Envelope);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Verify_NotExactlyOneSignature_Rejected(int count) =>
        AssertRejected(
            Verify(BundleWith(b =>
            {
                var one = b.Child("dsseEnvelope")["signatures"]![0]!;
                b.Child("dsseEnvelope")["signatures"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => one.DeepClone())]);
            })),
            DecisionReason.SignatureInvalid,
            StepNames.Envelope);

    [Fact]
    public void Verify_StatementSignedByAnotherKey_Rejected() =>
        AssertRejected(Verify(Bundle(Bundles.Signature(OtherKey, Image))), DecisionReason.SignatureInvalid, StepNames.Signature);

    [Fact]
    public void Verify_MessageSignedByAnotherKey_Rejected() =>
        AssertRejected(Verify(Bundle(Bundles.Message(OtherKey, ImageBytes))), DecisionReason.SignatureInvalid, StepNames.Signature);

    [Fact]
    public void Verify_StatementReplacedUnderTheSignature_Rejected()
    {
        var other = Bundles.Signature(Key, OtherImage);

        AssertRejected(
            Verify(BundleWith(b => b.Child("dsseEnvelope")["payload"] = other["dsseEnvelope"]!["payload"]!.DeepClone())),
            DecisionReason.SignatureInvalid,
            StepNames.Signature);
    }

    [Fact]
    public void Verify_HintNamesOurKeyButSignatureDoesNot_SaysAltered()
    {
        var bundle = Bundles.Signature(OtherKey, Image);
        bundle.Child("verificationMaterial").Child("publicKey")["hint"] = Key.Hint;

        Assert.Contains(
            "altered", AssertRejected(Verify(Bundle(bundle)), DecisionReason.SignatureInvalid, StepNames.Signature).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_HintOfAnotherKey_SelectsNothing() =>
        AssertVerified(Verify(BundleWith(b => b.Child("verificationMaterial").Child("publicKey")["hint"] = OtherKey.Hint)));

    [Fact]
    public void Verify_SignatureOverPayloadInsteadOfPae_Rejected()
    {
        var payload = Bundles.Statement(Image).ToJsonString();

        AssertRejected(
            Verify(BundleWith(b => b.Child("dsseEnvelope")["signatures"]![0]!["sig"] = Convert.ToBase64String(Key.Sign(System.Text.Encoding.UTF8.GetBytes(payload))))),
            DecisionReason.SignatureInvalid,
            StepNames.Signature);
    }

    [Theory]
    [InlineData("https://in-toto.io/Statement/v1")]
    [InlineData("https://in-toto.io/Statement/v0.1")]
    public void Verify_KnownStatementType_Verified(string type) => AssertVerified(Verify(BundleWithStatement(s => s["_type"] = type)));

    [Fact]
    public void Verify_OtherStatementType_Rejected() =>
        AssertRejected(
            Verify(BundleWithStatement(s => s["_type"] = "https://in-toto.io/Statement/v2")), DecisionReason.SignatureInvalid, StepNames.PayloadType);

    [Theory]
    [InlineData("https://slsa.dev/provenance/v1")]
    [InlineData("https://sigstore.dev/cosign/sign/v1/")]
    [InlineData("https://sigstore.dev/cosign/sign/V1")]
    [InlineData("")]
    public void Verify_AttestationByTheKey_IsNoSignature(string predicateType) =>
        AssertRejected(Verify(BundleWithStatement(s => s["predicateType"] = predicateType)), DecisionReason.NoSignature, StepNames.PredicateType);

    [Theory]
    [InlineData("sha256", "other")]
    [InlineData("sha256", "upper")]
    [InlineData("sha512", "right")]
    [InlineData("SHA256", "right")]
    public void Verify_NoSubjectWithTheDigest_Rejected(string algorithm, string value)
    {
        var hex = (algorithm, value) switch
        {
            (_, "other") => OtherImage.Hex,
            (_, "upper") => Image.Hex.ToUpperInvariant(),
            ("sha512", _) => Digest.Of(ImageBytes, DigestAlgorithm.Sha512).Hex,
            _ => Image.Hex,
        };

        AssertRejected(
            Verify(BundleWithStatement(s => s["subject"]![0]!["digest"] = new JsonObject { [algorithm] = hex })),
            DecisionReason.SignatureInvalid,
            StepNames.Digest);
    }

    [Fact]
    public void Verify_EmptySubjects_Rejected() =>
        AssertRejected(Verify(BundleWithStatement(s => s["subject"] = new JsonArray())), DecisionReason.SignatureInvalid, StepNames.Digest);

    [Theory]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("[{\"digest\":null}]")]
    [InlineData("[{\"digest\":{\"sha256\":7}}]")]
    [InlineData("{}")]
    [InlineData("\"all\"")]
    public void Verify_SubjectsOfAnotherKind_Rejected(string subject) =>
        AssertRejected(Verify(BundleWithStatement(s => s["subject"] = JsonNode.Parse(subject))), DecisionReason.SignatureInvalid, StepNames.Payload);

    [Fact]
    public void Verify_OneOfSeveralSubjects_Verified() =>
        AssertVerified(Verify(BundleWithStatement(s => s["subject"]!.AsArray().Insert(
            0, new JsonObject { ["digest"] = new JsonObject { ["sha256"] = OtherImage.Hex } }))));

    [Fact]
    public void Verify_RequiredAnnotationOfTheSubject_Verified() =>
        AssertVerified(Verify(Bundle(Bundles.Signature(Key, Image, Prod.Add("more", "x"))), Requirement with { Annotations = Prod }));

    [Theory]
    [InlineData("env", "dev")]
    [InlineData("other", "prod")]
    public void Verify_RequiredAnnotationMissing_Rejected(string name, string value) =>
        AssertRejected(
            Verify(Bundle(Bundles.Signature(Key, Image, ImmutableDictionary<string, string>.Empty.Add(name, value))), Requirement with { Annotations = Prod }),
            DecisionReason.SignatureInvalid,
            StepNames.Annotations);

    [Fact]
    public void Verify_RequiredAnnotationOnAnotherSubject_Rejected() =>
        AssertRejected(
            Verify(
                BundleWithStatement(s => s["subject"]!.AsArray().Add(new JsonObject
                {
                    ["digest"] = new JsonObject { ["sha256"] = OtherImage.Hex },
                    ["annotations"] = new JsonObject { ["env"] = "prod" },
                })),
                Requirement with { Annotations = Prod }),
            DecisionReason.SignatureInvalid,
            StepNames.Annotations);

    [Fact]
    public void Verify_MessageSignatureWhereAnnotationsAreRequired_Rejected() =>
        AssertRejected(
            Verify(Bundle(Bundles.Message(Key, ImageBytes)), Requirement with { Annotations = Prod }), DecisionReason.SignatureInvalid, StepNames.Annotations);

    [Fact]
    public void Verify_MessageDigestOfAnotherImage_Rejected() =>
        AssertRejected(
            Verify(MessageWith(b => b.Child("messageSignature").Child("messageDigest")["digest"] = Convert.ToBase64String(OtherImage.ToHash()))),
            DecisionReason.SignatureInvalid,
            StepNames.MessageDigest);

    [Theory]
    [InlineData("SHA2_384", true)]
    [InlineData("SHA2_512", true)]
    [InlineData("SHA2_256", false)]
    public void Verify_MessageDigestOfAnotherAlgorithm_IsThatOfTheManifest(string algorithm, bool right)
    {
        var digest = algorithm switch
        {
            "SHA2_384" => System.Security.Cryptography.SHA384.HashData(ImageBytes),
            _ => System.Security.Cryptography.SHA512.HashData(ImageBytes),
        };
        var result = Verify(MessageWith(b =>
            b.Child("messageSignature")["messageDigest"] = new JsonObject { ["algorithm"] = algorithm, ["digest"] = Convert.ToBase64String(digest) }));

        Assert.Equal(right, result is VerifiedEvidence);
    }

    [Theory]
    [InlineData("SHA1")]
    [InlineData("sha256")]
    [InlineData("HASH_ALGORITHM_UNSPECIFIED")]
    public void Verify_MessageDigestOfUnknownAlgorithm_Rejected(string algorithm) =>
        AssertRejected(
            Verify(MessageWith(b => b.Child("messageSignature").Child("messageDigest")["algorithm"] = algorithm)),
            DecisionReason.SignatureInvalid,
            StepNames.MessageDigest);

    [Fact]
    public void Verify_VerifiedPayloadThatIsNotJson_Rejected() =>
        AssertRejected(Verify(Bundle(Bundles.Dsse(Key, "not JSON"))), DecisionReason.SignatureInvalid, StepNames.Payload);

    [Fact]
    public void Verify_UnknownMemberOfTheStatement_IsIgnoredAsInTotoDemands() =>
        AssertVerified(Verify(BundleWithStatement(s => s["more"] = 1)));
}
