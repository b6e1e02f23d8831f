using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;

namespace NodeGate.Verification.Tests;

/// <summary>Evidence of the virtual Sigstore, and what an authority of identities asks of it.</summary>
internal static class Keyless
{
    public const string Slsa = "https://slsa.dev/provenance/v1";

    public static readonly VirtualSigstore Virtual = VirtualSigstore.Default;

    public static readonly TrustRoot Root = RootOf(Virtual.TrustedRoot());

    public static readonly KeylessRequirement Requirement = new()
    {
        TrustRoot = Root,
        Identities = [new IdentityRequirement(TextPattern.Exactly(VirtualSigstore.OidcIssuer), TextPattern.Exactly(VirtualSigstore.Subject))],
        AcceptBundle = true,
        AcceptLegacy = true,
    };

    public static readonly KeylessRequirement AttestationRequirement = Requirement with { AttestationType = Slsa };

    public static readonly JsonObject Predicate = new() { ["buildDefinition"] = new JsonObject { ["buildType"] = "https://example.com/build/v1" } };

    public static TrustRoot RootOf(JsonObject root)
    {
        Assert.True(TrustRoot.TryParse(Encoding.UTF8.GetBytes(root.ToJsonString()), out var parsed, out var error), error);
        return parsed;
    }

    public static TrustRoot RootWith(Action<JsonObject> change)
    {
        var root = Virtual.TrustedRoot();
        change(root);
        return RootOf(root);
    }

    public static BundleEvidence Signature(MintOptions? options = null) => Sample.Bundle(Virtual.Signature(Sample.Image, options));

    public static BundleEvidence Message(MintOptions? options = null) => Sample.Bundle(Virtual.Message(Sample.ImageBytes, options));

    public static BundleEvidence Attestation(MintOptions? options = null, string type = Slsa) =>
        Sample.Bundle(Virtual.Attestation(Sample.Image, type, Predicate, options));

    public static CosignSignatureEvidence Legacy(MintOptions? options = null) =>
        Sample.Legacy(Virtual.LegacySignature(Sample.Repository, Sample.Image, options));

    public static CosignAttestationEvidence LegacyAttestation(MintOptions? options = null) =>
        Attested(Virtual.LegacyAttestation(Sample.Image, Slsa, Predicate, options));

    public static CosignAttestationEvidence Attested(LegacySignature layer) =>
        new(layer.Digest, layer.MediaType, layer.Payload, layer.Annotations);

    public static EvidenceResult Verify(Evidence evidence, SignerRequirement? requirement = null) =>
        EvidenceVerifier.Verify(evidence, Sample.Subject, requirement ?? Requirement);
}
