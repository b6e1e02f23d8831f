using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests;

/// <summary>Keyless signatures and attestations with real evidence, from policy to decision.</summary>
public sealed class AttestationJudgeTests
{
    private const string Slsa = "https://slsa.dev/provenance/v1";
    private const string Repository = "ghcr.io/org/app";
    private static readonly VirtualSigstore Sigstore = VirtualSigstore.Default;
    private static readonly byte[] Manifest = Encoding.UTF8.GetBytes("{\"schemaVersion\":2}");
    private static readonly Digest Image = Digest.Of(Manifest);
    private static readonly SignedSubject Subject = new(Policies.Ref(Repository + ":v1"), new Descriptor(MediaTypes.OciManifest, Image, Manifest.Length), Manifest);
    private static readonly DateTimeOffset Now = VirtualSigstore.SigningTime.AddDays(10);

    private static readonly PolicyModel Policy = Load(BuiltIn);

    private static byte[] BuiltIn => Encoding.UTF8.GetBytes(Sigstore.TrustedRoot().ToJsonString());

    [Fact]
    public void Decide_SignedAndAttested_IsAdmitted()
    {
        var decision = Decide(Policy, Signature(), Attestation("ok"));

        Assert.IsType<Decision.Admitted>(decision);
        Assert.Equal([$"identity:{VirtualSigstore.OidcIssuer} {VirtualSigstore.Subject}"], decision.Signers.AsEnumerable());
        Assert.Equal([null, Slsa], decision.Verdicts.Select(v => v.Attestation?.Type));
        var steps = Assert.Single(decision.Verdicts[1].Evidence.OfType<VerifiedEvidence>()).Steps;
        Assert.Equal([StepNames.Condition, StepNames.Condition], steps.TakeLast(2).Select(s => s.Step));
    }

    [Fact]
    public void Decide_SignedAndAttestedInLegacyLayers_IsAdmitted()
    {
        var signature = Sigstore.LegacySignature(Repository, Image);
        var attestation = Sigstore.LegacyAttestation(Image, Slsa, Predicate("ok"));

        Assert.IsType<Decision.Admitted>(Decide(
            Policy,
            new CosignSignatureEvidence(signature.Digest, signature.MediaType, signature.Payload, signature.Annotations),
            new CosignAttestationEvidence(attestation.Digest, attestation.MediaType, attestation.Payload, attestation.Annotations)));
    }

    [Fact]
    public void Decide_ConditionDoesNotHold_SaysTypePathFoundAndExpected()
    {
        var decision = Decide(Policy, Signature(), Attestation("other"));

        Assert.Equal(("Denied", DecisionReason.AttestationInvalid), (decision.Outcome, decision.Reason));
        Assert.Contains($"'{Slsa}'", decision.Message, StringComparison.Ordinal);
        Assert.Contains("/build/type is 'other'; expected equals 'ok' (at step condition)", decision.Message, StringComparison.Ordinal);
        Assert.Contains($"cosign attest --type {Slsa} --predicate FILE {Repository}@{Image}", decision.Message, StringComparison.Ordinal);
        var rejected = decision.Verdicts[1].Evidence.OfType<RejectedEvidence>().Single(r => r.Step == StepNames.Condition);
        Assert.Equal(DecisionReason.AttestationInvalid, rejected.Reason);
    }

    [Fact]
    public void Decide_ConditionsMetByTwoAttestationsTogether_IsDenied() =>
        Assert.Equal("Denied", Decide(Policy, Signature(), Attestation("ok", "2020-01-01T00:00:00Z"), Attestation("other")).Outcome);

    [Fact]
    public void Decide_OneOfTwoAttestationsMeetsAll_IsAdmitted() =>
        Assert.Equal("Admitted", Decide(Policy, Signature(), Attestation("other"), Attestation("ok")).Outcome);

    [Fact]
    public void Decide_NoAttestation_IsDeniedWithTheFix()
    {
        var decision = Decide(Policy, Signature());

        Assert.Equal(("Denied", DecisionReason.AttestationInvalid), (decision.Outcome, decision.Reason));
        Assert.Contains($"has no attestation '{Slsa}' of authority 'ci' that meets the rule; make one", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_AttestationOfAnotherType_IsNone() =>
        Assert.Contains("that meets the rule; make one", Decide(Policy, Signature(), Attestation("ok", type: "https://slsa.dev/provenance/v0.2")).Message, StringComparison.Ordinal);

    [Fact]
    public void Decide_AttestationWithoutSignature_IsNoSignature()
    {
        var decision = Decide(Policy, Attestation("ok"));

        Assert.Equal(("Denied", DecisionReason.NoSignature), (decision.Outcome, decision.Reason));
        Assert.Contains("(cosign sign ", decision.Message, StringComparison.Ordinal);
        Assert.Contains($"with a token of '{VirtualSigstore.OidcIssuer}' for '{VirtualSigstore.Subject}'", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_AttestationOfAnotherImage_IsDenied() =>
        Assert.Equal("Denied", Decide(Policy, Signature(), Bundle(Sigstore.Attestation(Digest.Of("other"u8), Slsa, Predicate("ok")))).Outcome);

    [Fact]
    public void Decide_SignedByAnotherIdentity_NamesTheIdentity()
    {
        var decision = Decide(Policy, Bundle(Sigstore.Signature(Image, new MintOptions { OidcIssuer = "https://other.example" })), Attestation("ok"));

        Assert.Equal(("Denied", DecisionReason.IdentityMismatch), (decision.Outcome, decision.Reason));
        Assert.Contains("add its issuer and subject to the identities", decision.Message, StringComparison.Ordinal);
    }

    /// <summary>A refused signature says what to change: not always the signing.</summary>
    [Fact]
    public void Decide_RefusedSignature_SaysWhatToChangeForItsStep()
    {
        var options = MintOptions.Default;
        (MintOptions Options, string Fix)[] cases =
        [
            (options with { Ca = new VirtualCa() }, "names the trustRoot of the Sigstore instance that signed"),
            (options with { Sct = SctOptions.Default with { Missing = true } }, "sign with a Fulcio whose certificates are in a log"),
            (options with { LogVersion = 0, Authorities = [Sigstore.Tsa] }, "without --tlog-upload=false"),
            (MintOptions.RekorV2 with { Authorities = [] }, "--timestamp-server-url"),
            (MintOptions.RekorV2 with { Authorities = [new VirtualTsa()] }, "add the timestamp authority to the trustRoot"),
            (options with { SignWith = Policies.One }, "sign it as an identity of"),
        ];

        Assert.All(cases, c => Assert.Contains(c.Fix, Decide(Policy, Bundle(Sigstore.Signature(Image, c.Options)), Attestation("ok")).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Decide_AttestationThatCouldNotBeRead_IsUndetermined()
    {
        var unread = new UnreadableEvidence(Digest.Of("x"u8), EvidenceKind.CosignAttestation, DecisionReason.RegistryUnavailable, "no answer");

        var decision = Decide(Policy, Signature(), Attestation("other"), unread);

        Assert.Equal(("Undetermined", DecisionReason.RegistryUnavailable), (decision.Outcome, decision.Reason));
        Assert.StartsWith("The attestations of ", decision.Message, StringComparison.Ordinal);
        Assert.Equal("Admitted", Decide(Policy, Signature(), Attestation("ok"), unread).Outcome);
    }

    [Fact]
    public void Decide_SignatureThatCouldNotBeRead_SaysNothingAboutAttestations()
    {
        var unread = new UnreadableEvidence(Digest.Of("x"u8), EvidenceKind.CosignSignature, DecisionReason.RegistryUnavailable, "no answer");

        Assert.Equal("Denied", Decide(Policy, Signature(), Attestation("other"), unread).Outcome);
        Assert.Equal("Undetermined", Decide(Policy, Attestation("ok"), unread).Outcome);
        Assert.Equal("Denied", Decide(Policy, Attestation("other"), unread).Outcome);
    }

    [Fact]
    public void Decide_TrustRootThatWasNotFetched_IsUndetermined()
    {
        var policy = Load(null);

        var decision = Decide(policy, Signature(), Attestation("ok"));

        Assert.Equal(("Undetermined", DecisionReason.TrustRootUnusable), (decision.Outcome, decision.Reason));
        Assert.Contains("nodegate trust update corp", decision.Message, StringComparison.Ordinal);
        Assert.Equal("Denied", Decide(policy).Outcome);
    }

    [Fact]
    public void FromVerdicts_VerdictOfTheAttestationMissingOrForTheSignature_Throws()
    {
        var (match, basis) = MatchOf(Policy);
        var authority = Policy.Authorities[0];
        var signed = AuthorityJudge.Judge(authority, match, Subject, [Signature()]);

        Assert.Throws<ArgumentException>(() => Decider.FromVerdicts(match, basis, [signed]));
        Assert.Throws<ArgumentException>(() => Decider.FromVerdicts(match, basis, [signed, signed]));
    }

    private static Decision Decide(PolicyModel policy, params Evidence[] evidence)
    {
        var (match, basis) = MatchOf(policy);
        var required = Assert.IsType<RuleAction.Require>(match.Action);
        var authority = Assert.Single(policy.Authorities);
        AuthorityVerdict[] Verdicts(IReadOnlyList<Evidence> given) =>
        [
            AuthorityJudge.Judge(authority, match, Subject, given),
            AuthorityJudge.JudgeAttestation(authority, Assert.Single(required.Attestations), Subject, given, null, Now),
        ];
        var decision = Decider.FromVerdicts(match, basis, Verdicts(evidence));
        Assert.Equal(decision.Message, Decider.FromVerdicts(match, basis, Verdicts([.. evidence.Reverse()])).Message);
        return decision;
    }

    private static (RuleMatch Match, DecisionBasis Basis) MatchOf(PolicyModel policy)
    {
        var match = policy.Match(Subject.Reference, Image, null, Policies.Now);
        return (match, match.Basis(Repository + ":v1", Subject.Reference, Image, null));
    }

    /// <summary>With null, the trust root is one of TUF that nobody fetched.</summary>
    private static PolicyModel Load(byte[]? trustedRoot)
    {
        var result = Policies.LoadWith(
            new Policies.KeyFiles(Fetched: trustedRoot),
            Policies.Head + $$$"""
                trustRoots: [{name: corp, tuf: {mirror: "https://tuf.example", root: tuf-root.json}}]
                authorities:
                  - name: ci
                    keyless: {trustRoot: corp, identities: [{issuer: "{{{VirtualSigstore.OidcIssuer}}}", subject: "{{{VirtualSigstore.Subject}}}"}]}
                rules:
                  - name: r
                    images: ["**"]
                    require: ci
                    attestations:
                      - {type: "{{{Slsa}}}", by: [ci], conditions: [{path: /build/type, equals: ok}, {path: /build/finished, newerThan: 30d}]}
                """);
        Assert.True(result.IsLoaded, string.Join('\n', result.Errors));
        return result.Model;
    }

    private static BundleEvidence Signature() => Bundle(Sigstore.Signature(Image));

    private static BundleEvidence Attestation(string buildType, string finished = "2025-06-01T11:00:00Z", string type = Slsa) =>
        Bundle(Sigstore.Attestation(Image, type, Predicate(buildType, finished)));

    private static JsonObject Predicate(string buildType, string finished = "2025-06-01T11:00:00Z") =>
        new() { ["build"] = new JsonObject { ["type"] = buildType, ["finished"] = finished } };

    private static BundleEvidence Bundle(JsonObject bundle)
    {
        var bytes = Bundles.ToBytes(bundle);
        return new BundleEvidence(Digest.Of(bytes), bytes);
    }
}
