using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;

namespace NodeGate.Verification.Tests;

/// <summary>One image and one signer, and the valid evidence from which each test makes exactly one thing wrong.</summary>
internal static class Sample
{
    public const string Repository = "ghcr.io/org/app";

    public static readonly byte[] ImageBytes = Encoding.UTF8.GetBytes(
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[]}""");

    public static readonly SigningKey Key = SigningKey.Create();

    public static readonly SigningKey OtherKey = SigningKey.Create();

    public static Digest Image { get; } = Digest.Of(ImageBytes);

    public static Digest OtherImage { get; } = Digest.Of("other"u8);

    public static SignedSubject Subject { get; } = SubjectOf($"{Repository}:1.0");

    public static KeyRequirement Requirement { get; } = RequirementOf(Key);

    public static ImmutableDictionary<string, string> Prod { get; } = ImmutableDictionary<string, string>.Empty.Add("env", "prod");

    public static SignedSubject SubjectOf(string reference) =>
        new(ImageReference.Parse(reference), new Descriptor(MediaTypes.OciManifest, Image, ImageBytes.Length), ImageBytes);

    public static KeyRequirement RequirementOf(params SigningKey[] keys) =>
        new() { Keys = [.. keys.Select(k => new TrustedKey(PublicKeyOf(k), ValidityPeriod.Always))], AcceptBundle = true, AcceptLegacy = true };

    public static PublicKey PublicKeyOf(SigningKey key)
    {
        Assert.True(PublicKey.TryParse(key.PublicPem, out var parsed, out var error), error);
        return parsed;
    }

    public static CosignSignatureEvidence Legacy(LegacySignature signature) =>
        new(signature.Digest, signature.MediaType, signature.Payload, signature.Annotations);

    /// <summary>Good evidence, but with this payload, which the trusted key signed.</summary>
    public static CosignSignatureEvidence LegacyWithPayload(string payload) => Legacy(LegacySignature.OfPayload(Key, payload));

    public static CosignSignatureEvidence GoodLegacy(IEnumerable<KeyValuePair<string, string>>? annotations = null) =>
        Legacy(LegacySignature.Of(Key, Repository, Image, annotations));

    public static BundleEvidence Bundle(JsonObject bundle) => Bundle(Bundles.ToBytes(bundle));

    public static BundleEvidence Bundle(byte[] bundle) => new(Digest.Of(bundle), bundle);

    public static BundleEvidence GoodBundle() => Bundle(Bundles.Signature(Key, Image));

    /// <summary>Good evidence, but with this statement, which the trusted key signed.</summary>
    public static BundleEvidence BundleWithStatement(Action<JsonObject> change)
    {
        var statement = Bundles.Statement(Image);
        change(statement);
        return Bundle(Bundles.Dsse(Key, statement.ToJsonString()));
    }

    /// <summary>Good evidence, but changed outside of what is signed.</summary>
    public static BundleEvidence BundleWith(Action<JsonObject> change, string mediaType = Bundles.V03)
    {
        var bundle = Bundles.Signature(Key, Image, mediaType: mediaType);
        change(bundle);
        return Bundle(bundle);
    }

    public static BundleEvidence MessageWith(Action<JsonObject> change)
    {
        var bundle = Bundles.Message(Key, ImageBytes);
        change(bundle);
        return Bundle(bundle);
    }

    public static EvidenceResult Verify(Evidence evidence, SignerRequirement? requirement = null, SignedSubject? subject = null) =>
        EvidenceVerifier.Verify(evidence, subject ?? Subject, requirement ?? Requirement);

    public static VerificationResult AssertVerified(EvidenceResult result)
    {
        Assert.True(result is VerifiedEvidence, result is RejectedEvidence r ? $"{r.Reason} {r.Step}: {r.Detail}" : "neither");
        return ((VerifiedEvidence)result).Result;
    }

    public static RejectedEvidence AssertRejected(EvidenceResult result, DecisionReason reason, string step)
    {
        var rejected = Assert.IsType<RejectedEvidence>(result);
        Assert.True(rejected.Reason == reason && rejected.Step == step, $"{rejected.Reason} {rejected.Step}: {rejected.Detail}; expected {reason} {step}");
        Assert.Equal(StepOutcome.Failed, rejected.Steps[^1].Outcome);
        return rejected;
    }

    public static JsonObject Child(this JsonObject parent, string name) => parent[name]!.AsObject();
}
