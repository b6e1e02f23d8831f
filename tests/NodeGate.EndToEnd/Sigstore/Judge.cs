using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>NodeGate's own verifier, told about a Sigstore by its trusted_root.json as everybody else.</summary>
internal static class Judge
{
    public static KeylessRequirement Keyless { get; } = new()
    {
        TrustRoot = Root(),
        Identities = [new IdentityRequirement(TextPattern.Exactly(VirtualSigstore.OidcIssuer), TextPattern.Exactly(VirtualSigstore.Subject))],
        AcceptBundle = true,
        AcceptLegacy = true,
    };

    public static KeyRequirement LoggedKey(string pem)
    {
        Assert.True(PublicKey.TryParse(pem, out var key, out var error), error);
        return new KeyRequirement
        {
            Keys = [new TrustedKey(key, ValidityPeriod.Always)],
            TransparencyLog = new LogRequirement(Keyless.TrustRoot, 1, 0),
            AcceptBundle = true,
            AcceptLegacy = true,
        };
    }

    public static SignedSubject Subject(byte[] content, string reference = "registry.test/app:1") =>
        new(ImageReference.Parse(reference), new Descriptor(MediaTypes.OciManifest, Digest.Of(content), content.Length), content);

    public static EvidenceResult Verify(JsonObject bundle, SignedSubject subject, SignerRequirement requirement)
    {
        var bytes = Bundles.ToBytes(bundle);
        return EvidenceVerifier.Verify(new BundleEvidence(Digest.Of(bytes), bytes), subject, requirement);
    }

    public static void AssertVerified(EvidenceResult result) => Assert.True(
        result is VerifiedEvidence, result is RejectedEvidence rejected ? $"{rejected.Reason} {rejected.Step}: {rejected.Detail}" : "neither");

    private static TrustRoot Root()
    {
        var json = Encoding.UTF8.GetBytes(VirtualSigstore.Default.TrustedRoot().ToJsonString());
        Assert.True(TrustRoot.TryParse(json, out var root, out var error), error);
        return root;
    }
}
