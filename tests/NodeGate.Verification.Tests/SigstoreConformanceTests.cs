using NodeGate.Oci;
using NodeGate.Testing.Signing;

namespace NodeGate.Verification.Tests;

/// <summary>
/// sigstore-conformance, as far as this issue goes: the cases with a managed key, and those that must fail while the bundle is read. The
/// logs are not verified yet, so that no other case may be expected to fail.
/// </summary>
[Trait("Category", "Conformance")]
public sealed class SigstoreConformanceTests
{
    private static readonly string[] Unreadable =
    [
        "bundle-empty-certificate-chain_fail", "bundle-invalid-base64-signature_fail", "bundle-malformed-json_fail", "bundle-negative-log-index_fail",
        "bundle-unknown-version_fail", "intoto-missing-inclusion-proof_fail",
    ];

    [VectorsFact]
    public void Verify_ManagedKeyHappyPath_Verified() => Sample.AssertVerified(Verify("managed-key-happy-path", KeyOf("managed-key-happy-path")));

    [VectorsFact]
    public void Verify_ManagedKeyAndTrustedRoot_Verified() =>
        Sample.AssertVerified(Verify("managed-key-and-trusted-root", KeyOf("managed-key-and-trusted-root")));

    [VectorsFact]
    public void Verify_ManagedKeyWithAnotherKey_Rejected() =>
        Sample.AssertRejected(
            Verify("managed-key-no-key_fail", Sample.PublicKeyOf(Sample.Key)), DecisionReason.SignatureInvalid, StepNames.Signature);

    [VectorsFact]
    public void TryParse_ManagedKeyWrongKey_Refused() =>
        Assert.False(PublicKey.TryParse(File.ReadAllBytes(PathOf("managed-key-wrong-key_fail", "key.pub")), out _, out _));

    [VectorsFact]
    public void Verify_BundlesThatCannotBeRead_RejectedBeforeTheSigner()
    {
        foreach (var name in Unreadable)
        {
            var rejected = Assert.IsType<RejectedEvidence>(Verify(name, KeyOf("managed-key-happy-path")));
            if (name is "bundle-invalid-base64-signature_fail")
            {
                // Read only once it is known that a key signed.
                Assert.Equal(StepNames.KeyMaterial, rejected.Step);
                continue;
            }

            Assert.True(
                rejected.Step is StepNames.Bundle or StepNames.MediaType or StepNames.Material or StepNames.LogEntries,
                $"{name}: {rejected.Step}: {rejected.Detail}");
        }
    }

    [VectorsFact]
    public void Verify_EveryOtherBundle_IsReadAndThenNotByKey()
    {
        var key = KeyOf("managed-key-happy-path");
        var names = Directory.GetDirectories(Vectors.PathOf("sigstore-conformance")).Select(d => Path.GetFileName(d)!)
            .Where(n => !n.StartsWith("managed-key", StringComparison.Ordinal) && !Unreadable.Contains(n))
            .ToList();
        Assert.InRange(names.Count, 50, 100);

        foreach (var name in names)
        {
            var rejected = Assert.IsType<RejectedEvidence>(Verify(name, key));
            if (!name.EndsWith("_fail", StringComparison.Ordinal))
            {
                Assert.True(rejected.Step == StepNames.KeyMaterial, $"{name}: {rejected.Step}: {rejected.Detail}");
            }
        }
    }

    [VectorsFact]
    public void Verify_TwoSignaturesInTheEnvelope_Rejected()
    {
        var bundle = File.ReadAllBytes(Vectors.PathOf("sigstore-go", "bundles", "dsse-2sigs.sigstore.json"));

        Assert.IsType<RejectedEvidence>(Sample.Verify(Sample.Bundle(bundle)));
    }

    private static string PathOf(string name, string file) => Vectors.PathOf("sigstore-conformance", name, file);

    private static PublicKey KeyOf(string name)
    {
        Assert.True(PublicKey.TryParse(File.ReadAllBytes(PathOf(name, "key.pub")), out var key, out var error), error);
        return key;
    }

    private static EvidenceResult Verify(string name, PublicKey key)
    {
        var own = PathOf(name, "artifact");
        var artifact = File.ReadAllBytes(File.Exists(own) ? own : Vectors.PathOf("sigstore-conformance", "a.txt"));
        var subject = new SignedSubject(
            ImageReference.Parse("example.com/a:1"), new Descriptor(MediaTypes.OciManifest, Digest.Of(artifact), artifact.Length), artifact);
        var requirement = new KeyRequirement { Keys = [new TrustedKey(key, ValidityPeriod.Always)], AcceptBundle = true };
        return EvidenceVerifier.Verify(Sample.Bundle(File.ReadAllBytes(PathOf(name, "bundle.sigstore.json"))), subject, requirement);
    }
}
