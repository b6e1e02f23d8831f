using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Verification;

namespace NodeGate.Policy.Tests;

/// <summary>Verdicts over real signatures.</summary>
public sealed class AuthorityJudgeTests
{
    private const string Repository = "ghcr.io/org/app";
    private static readonly byte[] Manifest = Encoding.UTF8.GetBytes("{\"schemaVersion\":2}");
    private static readonly Digest Image = Digest.Of(Manifest);
    private static readonly SignedSubject Subject = new(Policies.Ref(Repository + ":v1"), new Descriptor(MediaTypes.OciManifest, Image, Manifest.Length), Manifest);

    [Fact]
    public void Judge_SignedByAKeyOfTheAuthority_IsSatisfiedAndNamesTheSigner()
    {
        var verdict = Judge("one", [Signed(Policies.One)]);

        Assert.Equal((VerdictOutcome.Satisfied, DecisionReason.Verified), (verdict.Outcome, verdict.Reason));
        Assert.Equal(["key:sha256:" + Policies.One.Fingerprint], verdict.SignerIds.AsEnumerable());
        Assert.Equal(Image, verdict.Subject);
        Assert.IsType<VerifiedEvidence>(Assert.Single(verdict.Evidence));
    }

    [Fact]
    public void Judge_ManySignaturesByOneKey_AreOneSigner()
    {
        var verdict = Judge("team", [Signed(Policies.One), Signed(Policies.One), Signed(Policies.One, "n", "1"), Signed(Policies.Two)]);

        Assert.Equal(4, verdict.Evidence.Length);
        Assert.Equal(2, verdict.SignerIds.Length);
    }

    [Fact]
    public void Judge_NoEvidence_SaysHowToSign()
    {
        var verdict = Judge("one", []);

        Assert.Equal((VerdictOutcome.NotSatisfied, DecisionReason.NoSignature), (verdict.Outcome, verdict.Reason));
        Assert.Equal(
            $"{Image} has no cosign signature for authority 'one'; sign it with a key of 'one' (cosign sign --key KEY {Repository}@{Image}).", verdict.Message);
    }

    [Fact]
    public void Judge_SignedByAnotherKey_IsNotSatisfied()
    {
        var verdict = Judge("one", [Signed(Policies.Two)]);

        Assert.Equal((VerdictOutcome.NotSatisfied, DecisionReason.SignatureInvalid), (verdict.Outcome, verdict.Reason));
        Assert.StartsWith($"The one signature of {Image} does not satisfy authority 'one': ", verdict.Message, StringComparison.Ordinal);
        Assert.Empty(verdict.SignerIds);
    }

    [Fact]
    public void Judge_EvidenceInAnyOrder_GivesTheSameWords()
    {
        Evidence[] evidence = [Signed(Policies.Two), Signed(Policies.Three), Unreadable(DecisionReason.LimitExceeded), Signed(Policies.Two, "a", "b"), Signed(Policies.Two)];
        var expected = Judge("one", evidence);

        for (var turn = 0; turn < evidence.Length; turn++)
        {
            evidence = [.. evidence.Skip(1), evidence[0]];
            var verdict = Judge("one", evidence);

            Assert.Equal(expected.Message, verdict.Message);
            Assert.Equal(expected.Evidence.Select(e => e.Source), verdict.Evidence.Select(e => e.Source));
        }
    }

    [Fact]
    public void Judge_UnreadableEvidence_IsInconclusiveUnlessAnotherVerifies()
    {
        var unknown = Judge("one", [Signed(Policies.Two), Unreadable(DecisionReason.RegistryUnavailable)]);
        var known = Judge("one", [Signed(Policies.One), Unreadable(DecisionReason.RegistryUnavailable)]);

        Assert.Equal((VerdictOutcome.Inconclusive, DecisionReason.RegistryUnavailable), (unknown.Outcome, unknown.Reason));
        Assert.Contains("could not all be read: the registry said 503.", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(VerdictOutcome.Satisfied, known.Outcome);
    }

    [Fact]
    public void Judge_UnreadableEvidenceOfAFormatThatDoesNotCount_DoesNotMakeItInconclusive()
    {
        var verdict = Judge("one", [Unreadable(DecisionReason.RegistryUnavailable)], formats: "bundle");

        Assert.Equal((VerdictOutcome.NotSatisfied), verdict.Outcome);
    }

    [Fact]
    public void Judge_Gap_IsInconclusiveUnlessSatisfied()
    {
        var gap = new EvidenceGap(DecisionReason.TimedOut, "listing took too long");

        Assert.Equal((VerdictOutcome.Inconclusive, DecisionReason.TimedOut), (Judge("one", [], gap).Outcome, Judge("one", [], gap).Reason));
        Assert.Equal(VerdictOutcome.Satisfied, Judge("one", [Signed(Policies.One)], gap).Outcome);
    }

    [Fact]
    public void Judge_FormatThatDoesNotCount_DoesNotSatisfy()
    {
        Assert.Equal(VerdictOutcome.NotSatisfied, Judge("one", [Signed(Policies.One)], formats: "bundle").Outcome);
        Assert.Equal(VerdictOutcome.Satisfied, Judge("one", [Signed(Policies.One)], formats: "legacy").Outcome);
    }

    [Fact]
    public void Judge_PayloadOfAnotherRepository_NeedsTheRulesSignedRepository()
    {
        var evidence = Evidence(LegacySignature.Of(Policies.One, "registry.example/origin/app", Image));

        Assert.Equal(DecisionReason.SignatureInvalid, Judge("one", [evidence]).Reason);
        Assert.Equal(DecisionReason.SignatureInvalid, Judge("one", [evidence], signedRepository: "registry.example/other").Reason);
        Assert.Equal(VerdictOutcome.Satisfied, Judge("one", [evidence], signedRepository: "registry.example/origin/app").Outcome);
    }

    [Fact]
    public void Judge_RequiredAnnotation_MustBeSigned()
    {
        Assert.Equal(VerdictOutcome.NotSatisfied, Judge("one", [Signed(Policies.One)], annotations: "{env: prod}").Outcome);
        Assert.Equal(VerdictOutcome.NotSatisfied, Judge("one", [Signed(Policies.One, "env", "dev")], annotations: "{env: prod}").Outcome);
        Assert.Equal(VerdictOutcome.Satisfied, Judge("one", [Signed(Policies.One, "env", "prod")], annotations: "{env: prod}").Outcome);
    }

    private static AuthorityVerdict Judge(
        string name, IReadOnlyList<Evidence> evidence, EvidenceGap? gap = null, string? formats = null, string? signedRepository = null, string? annotations = null)
    {
        var keys = name is "team" ? "{file: one.pub}, {file: two.pub}" : $"{{file: {name}.pub}}";
        var model = Policies.Of(
            $"authorities: [{{name: {name}, cosign: {{keys: [{keys}]{(formats is null ? "" : $", formats: [{formats}]")}{(annotations is null ? "" : ", annotations: " + annotations)}}}}}]\n"
            + $"rules: [{{name: r, images: [\"**\"], {(signedRepository is null ? "" : $"signedRepository: {signedRepository}, ")}require: {name}}}]\n");
        return AuthorityJudge.Judge(Assert.Single(model.Authorities), model.Match(Subject.Reference, Image, null, Policies.Now), Subject, evidence, gap);
    }

    private static CosignSignatureEvidence Signed(SigningKey key, string? annotation = null, string? value = null) =>
        Evidence(LegacySignature.Of(key, Repository, Image, annotation is null ? null : [KeyValuePair.Create(annotation, value!)]));

    private static CosignSignatureEvidence Evidence(LegacySignature signature) => new(signature.Digest, signature.MediaType, signature.Payload, signature.Annotations);

    private static UnreadableEvidence Unreadable(DecisionReason reason) => new(Policies.B, EvidenceKind.CosignSignature, reason, "the registry said 503");
}
