using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;

namespace NodeGate.Verification.Tests;

/// <summary>
/// sigstore-conformance, each case by file and by digest, in process; <c>make conformance</c> asks the same through the command line. They
/// are the floor: verification.md section 6.3 lists the checks that none of them notices.
/// </summary>
[Trait("Category", "Conformance")]
public sealed class SigstoreConformanceTests
{
    private const string Beacon =
        "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";

    private static readonly string Suite = Vectors.PathOf("sigstore-conformance");

    [VectorsFact]
    public void Verify_EveryCase_AsItsNameSays()
    {
        var cases = Directory.GetDirectories(Suite).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(70, cases.Count);

        var wrong = from name in cases
                    from byDigest in (bool[])[false, true]
                    let result = Verify(name, byDigest)
                    where result is VerifiedEvidence == name.EndsWith("_fail", StringComparison.Ordinal)
                    select $"{name} {(byDigest ? "by digest" : "by file")}: {Last(result)}";
        Assert.Empty(wrong);
    }

    /// <summary>Which check a bad case falls at: where this moves, another check has begun to mask the one that the case is for.</summary>
    [VectorsFact]
    public void Verify_CasesWithOneFault_RejectedWhereTheFaultIs()
    {
        var expected = new Dictionary<string, (DecisionReason, string)>(StringComparer.Ordinal)
        {
            ["bundle-unknown-version_fail"] = (DecisionReason.SignatureInvalid, StepNames.MediaType),
            ["bundle-with-root-cert_fail"] = (DecisionReason.CertificateInvalid, StepNames.Certificate),
            ["checkpoint-wrong-roothash_fail"] = (DecisionReason.LogEntryInvalid, StepNames.InclusionProof),
            ["dsse-invalid-sig_fail"] = (DecisionReason.SignatureInvalid, StepNames.Signature),
            ["inclusion-proof-corrupted-hash_fail"] = (DecisionReason.LogEntryInvalid, StepNames.InclusionProof),
            ["intoto-set-outside-signing-cert-validity_fail"] = (DecisionReason.CertificateInvalid, StepNames.CertificatePath),
            ["invalid-ct-key_fail"] = (DecisionReason.CertificateInvalid, StepNames.CertificateTransparency),
            ["message-digest-mismatch_fail"] = (DecisionReason.SignatureInvalid, StepNames.MessageDigest),
            ["rekor2-no-timestamp_fail"] = (DecisionReason.TimestampInvalid, StepNames.TrustedTime),
            ["set-invalid-signature_fail"] = (DecisionReason.LogEntryInvalid, StepNames.InclusionPromise),
        };

        foreach (var (name, (reason, step)) in expected)
        {
            var rejected = Assert.IsType<RejectedEvidence>(Verify(name, byDigest: false));
            Assert.True((rejected.Reason, rejected.Step) == (reason, step), $"{name}: {rejected.Reason} {rejected.Step}: {rejected.Detail}");
        }
    }

    [VectorsFact]
    public void Verify_SigstoreGoBundles_FallWhereNodeGateIsStricter()
    {
        var publicGood = Root(Vectors.PathOf("sigstore-go", "trusted-roots", "public-good.json"));
        var oauth = "https://github.com/login/oauth";
        var slsa = "https://slsa.dev/provenance/v0.2";
        var release = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main";
        var github = "https://token.actions.githubusercontent.com";

        // Its subject has a SHA-512 digest only, and an image is bound by SHA-256: everything before that holds.
        Sample.AssertRejected(
            VerifyGo("sigstore.js@2.0.0-provenance.sigstore.json", publicGood, github, release, "https://slsa.dev/provenance/v1"),
            DecisionReason.SignatureInvalid,
            StepNames.Digest);

        // sigstore-go looks at nothing but the first certificate; here a root in the bundle is what bundle-with-root-cert_fail is about.
        Sample.AssertRejected(VerifyGo("dsse.sigstore.json", publicGood, oauth, "brian@dehamer.com", slsa), DecisionReason.CertificateInvalid, StepNames.Certificate);
        Sample.AssertRejected(VerifyGo("dsse-2sigs.sigstore.json", publicGood, oauth, "brian@dehamer.com", slsa), DecisionReason.SignatureInvalid, StepNames.Envelope);
    }

    [VectorsFact]
    public void Verify_OtherNameSubject_Verified()
    {
        var root = Root(Vectors.PathOf("sigstore-go", "trusted-roots", "scaffolding.json"));
        var bundle = File.ReadAllBytes(Vectors.PathOf("sigstore-go", "bundles", "othername.sigstore.json"));
        var subject = SubjectOf(bundle);
        var requirement = Keyless(root, "http://oidc.local:8080", "foo!oidc.local", null);

        var result = EvidenceVerifier.Verify(Sample.Bundle(bundle), subject, requirement);

        Sample.AssertVerified(result);
    }

    [VectorsFact]
    public void Verify_ManagedKeyThatHadEnded_Rejected()
    {
        var root = Root(Vectors.PathOf("sigstore-go", "trusted-roots", "public-key-validity.json"));
        var bundle = File.ReadAllBytes(Vectors.PathOf("sigstore-go", "bundles", "public-key-validity.sigstore.json"));
        Assert.True(PublicKey.TryParse(File.ReadAllBytes(Vectors.PathOf("sigstore-go", "public-keys", "public-key-validity.pem")), out var key, out var error), error);
        var subject = SubjectOf(bundle);
        KeyRequirement RequirementUntil(DateTimeOffset? end) => new()
        {
            Keys = [new TrustedKey(key, new ValidityPeriod(null, end))],
            TransparencyLog = new LogRequirement(root, 0, 1),
            AcceptBundle = true,
        };

        Sample.AssertVerified(EvidenceVerifier.Verify(Sample.Bundle(bundle), subject, RequirementUntil(null)));
        Sample.AssertRejected(
            EvidenceVerifier.Verify(Sample.Bundle(bundle), subject, RequirementUntil(DateTimeOffset.UnixEpoch)),
            DecisionReason.SignatureInvalid,
            StepNames.KeyValidity);
    }

    private static ImageReference Reference => ImageReference.Parse("example.com/a:1");

    private static EvidenceResult VerifyGo(string file, TrustRoot root, string issuer, string subject, string type) => EvidenceVerifier.Verify(
        Sample.Bundle(File.ReadAllBytes(Vectors.PathOf("sigstore-go", "bundles", file))), Sample.Subject, Keyless(root, issuer, subject, type));

    private static EvidenceResult Verify(string name, bool byDigest)
    {
        var own = PathOf(name, "artifact");
        var artifact = File.ReadAllBytes(File.Exists(own) ? own : Path.Combine(Suite, "a.txt"));
        var subject = byDigest
            ? SignedSubject.KnownByDigest(Reference, Digest.Of(artifact))
            : new SignedSubject(Reference, new Descriptor(MediaTypes.OciManifest, Digest.Of(artifact), artifact.Length), artifact);
        var bundle = File.ReadAllBytes(PathOf(name, "bundle.sigstore.json"));
        var type = AttestationTypeOf(bundle);
        if (!TrustRoot.TryParse(RootBytes(name), out var root, out var problem))
        {
            return Refused(problem);
        }

        if (!File.Exists(PathOf(name, "key.pub")))
        {
            return EvidenceVerifier.Verify(
                Sample.Bundle(bundle),
                subject,
                Keyless(root, ReadOr(name, "issuer", "https://token.actions.githubusercontent.com"), ReadOr(name, "identity", Beacon), type));
        }

        return PublicKey.TryParse(File.ReadAllBytes(PathOf(name, "key.pub")), out var key, out problem)
            ? EvidenceVerifier.Verify(Sample.Bundle(bundle), subject, new KeyRequirement
            {
                Keys = [new TrustedKey(key, ValidityPeriod.Always)],
                TransparencyLog = new LogRequirement(root, 1, 0),
                AcceptBundle = true,
                AttestationType = type,
            })
            : Refused(problem);
    }

    /// <summary>What the bundle says that it is about; whether that is so is up to its signature.</summary>
    private static SignedSubject SubjectOf(byte[] bundle)
    {
        var digest = JsonNode.Parse(bundle)!["messageSignature"]!["messageDigest"]!["digest"]!.GetValue<string>();
        return SignedSubject.KnownByDigest(Reference, Digest.Parse("sha256:" + Convert.ToHexStringLower(Decoded(digest))));
    }

    private static byte[] Decoded(string base64)
    {
        Assert.True(Strict.StrictBase64.TryDecode(base64, out var bytes));
        return bytes;
    }

    /// <summary>A root or a key that cannot be read is a refusal of the policy, before there is any evidence to judge.</summary>
    private static EvidenceResult Refused(string problem) => EvidenceVerifier.Verify(
        new UnreadableEvidence(Sample.Image, EvidenceKind.SigstoreBundle, DecisionReason.TrustRootUnusable, problem), Sample.Subject, Sample.Requirement);

    private static KeylessRequirement Keyless(TrustRoot root, string issuer, string subject, string? type) => new()
    {
        TrustRoot = root,
        Identities = [new IdentityRequirement(TextPattern.Exactly(issuer), TextPattern.Exactly(subject))],
        AcceptBundle = true,
        AttestationType = type,
    };

    /// <summary>The suite does not ask for a predicate type and NodeGate always does: so for the one that the bundle claims.</summary>
    private static string? AttestationTypeOf(byte[] bundle)
    {
        try
        {
            return JsonNode.Parse(bundle)!["dsseEnvelope"] is { } envelope
                ? (string?)JsonNode.Parse(Decoded(envelope["payload"]!.GetValue<string>()))!["predicateType"]
                : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string Last(EvidenceResult result) => string.Join("; ", result.Steps.TakeLast(2).Select(s => $"{s.Step} {s.Outcome}: {s.Detail}"));

    private static string PathOf(string name, string file) => Path.Combine(Suite, name, file);

    private static string ReadOr(string name, string file, string otherwise) =>
        File.Exists(PathOf(name, file)) ? File.ReadAllText(PathOf(name, file)) : otherwise;

    private static byte[] RootBytes(string name) => File.ReadAllBytes(
        File.Exists(PathOf(name, "trusted_root.json")) ? PathOf(name, "trusted_root.json") : Vectors.PathOf("sigstore-root", "trusted_root.json"));

    private static TrustRoot Root(string file)
    {
        Assert.True(TrustRoot.TryParse(File.ReadAllBytes(file), out var root, out var error), error);
        return root;
    }
}
