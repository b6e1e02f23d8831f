using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Policy.Tests;

public sealed class DeciderTests
{
    private const string Static = "rules: [{name: a, images: [\"ghcr.io/a/**\"], MODEallow: {reason: trusted base}}, {name: d, images: [\"ghcr.io/d/**\"], MODEdeny: {reason: retired}}]\n";
    private const string Required = Policies.Authorities + "rules: [{name: r, images: [\"**\"], MODErequire: {anyOf: [one]}}]\n";

    [Fact]
    public void FromStatic_Allow_AdmitsTheReferenceAsAskedFor()
    {
        var decision = Assert.IsType<Decision.Admitted>(DecideStatic(Static, "ghcr.io/a/x:v1"));

        Assert.Equal(DecisionReason.AllowedByRule, decision.Reason);
        Assert.Equal("Allowed without a signature by rule 'a': trusted base.", decision.Message);
        Assert.Equal("ghcr.io/a/x:v1", decision.Image.PullReference.ToString());
        Assert.Null(decision.Observed);
        Assert.False(decision.Image.NeedsTag);
    }

    [Fact]
    public void FromStatic_Deny_Denies()
    {
        var decision = Assert.IsType<Decision.Denied>(DecideStatic(Static, "ghcr.io/d/x:v1"));

        Assert.Equal(DecisionReason.DeniedByRule, decision.Reason);
        Assert.Equal("Rule 'd' denies it: retired; use an image that the policy admits, or ask for a change of that rule.", decision.Message);
    }

    [Fact]
    public void FromStatic_NoRule_DeniesOrAllowsAsUnmatchedSays()
    {
        var denied = Assert.IsType<Decision.Denied>(DecideStatic(Static, "nginx"));
        var allowed = Assert.IsType<Decision.Admitted>(DecideStatic("unmatched: allow\n" + Static, "nginx"));

        Assert.Equal(DecisionReason.NoMatchingRule, denied.Reason);
        Assert.Equal(
            "No rule of the policy matches docker.io/library/nginx:latest in namespace 'ns'; add a rule for docker.io/library/nginx to the policy, or use an image that has one.",
            denied.Message);
        Assert.Null(denied.Basis.Rule);
        Assert.Equal(DecisionReason.AllowedByRule, allowed.Reason);
        Assert.Null(allowed.Basis.Rule);
    }

    [Fact]
    public void FromStatic_Require_IsNull() => Assert.Null(DecideStatic(Required, "nginx"));

    [Fact]
    public void FromStatic_DigestRuleThatMayDecide_IsNullUntilTheDigestIsKnown()
    {
        var model = Policies.Of($"rules: [{{name: a, images: [\"**\"], allow: {{reason: r}}}}, {{name: d, images: [\"**@{Policies.A}\"], deny: {{reason: bad}}}}]\n");
        var image = Policies.Ref("nginx");
        var before = model.Match(image, null, null, Policies.Now);
        var bad = model.Match(image, Policies.A, null, Policies.Now);
        var good = model.Match(image, Policies.B, null, Policies.Now);

        Assert.Null(Decider.FromStatic(before, before.Basis("nginx", image, null, null)));
        Assert.IsType<Decision.Denied>(Decider.FromStatic(bad, bad.Basis("nginx", image, Policies.A, null)));
        var admitted = Assert.IsType<Decision.Admitted>(Decider.FromStatic(good, good.Basis("nginx", image, Policies.B, null)));
        Assert.Equal($"docker.io/library/nginx@{Policies.B}", admitted.Image.PullReference.ToString());
        Assert.True(admitted.Image.NeedsTag);
    }

    [Fact]
    public void FromStatic_DenyInAuditMode_AdmitsAndKeepsTheRefusal()
    {
        var decision = Assert.IsType<Decision.Admitted>(DecideStatic(Static, "ghcr.io/d/x:v1", audit: true));

        var observed = Assert.IsType<Decision.Denied>(decision.Observed);
        Assert.Same(observed, decision.Effective);
        Assert.Equal(DecisionReason.DeniedByRule, decision.Reason);
        Assert.StartsWith("Let through in audit mode: ", decision.Message, StringComparison.Ordinal);
        Assert.Equal("ghcr.io/d/x:v1", decision.Image.PullReference.ToString());
        var record = DecisionRecord.Of(DecisionEvent.Pull, decision, TimeSpan.Zero);
        Assert.Equal(("Denied", DecisionReason.DeniedByRule, PolicyMode.Audit), (record.Decision!, record.Reason!.Value, record.Mode));
    }

    [Fact]
    public void FromStatic_AllowInAuditMode_ObservesNothing() =>
        Assert.Null(Assert.IsType<Decision.Admitted>(DecideStatic(Static, "ghcr.io/a/x:v1", audit: true)).Observed);

    [Fact]
    public void FromStatic_UnmatchedWhereEveryDocumentIsInAuditMode_IsLetThrough()
    {
        var audit = Policies.Head + "mode: audit\n";
        var image = Policies.Ref("nginx");
        var all = Policies.Model(audit, audit).Match(image, null, null, Policies.Now);
        var some = Policies.Model(audit, Policies.Head).Match(image, null, null, Policies.Now);

        Assert.IsType<Decision.Denied>(Assert.IsType<Decision.Admitted>(Decider.FromStatic(all, all.Basis("nginx", image, null, null))).Observed);
        Assert.IsType<Decision.Denied>(Decider.FromStatic(some, some.Basis("nginx", image, null, null)));
    }

    public static TheoryData<DecisionReason, string> Reasons()
    {
        var denied = new[]
        {
            DecisionReason.DeniedByRule, DecisionReason.NoMatchingRule, DecisionReason.NoSignature, DecisionReason.SignatureInvalid, DecisionReason.IdentityMismatch,
            DecisionReason.LogEntryInvalid, DecisionReason.TimestampInvalid, DecisionReason.CertificateInvalid, DecisionReason.AttestationInvalid,
            DecisionReason.DigestRequired, DecisionReason.InvalidReference,
        };
        var data = new TheoryData<DecisionReason, string>();
        foreach (var reason in Enum.GetValues<DecisionReason>().Where(r => r is not (DecisionReason.Verified or DecisionReason.AllowedByRule or DecisionReason.Exempted)))
        {
            data.Add(reason, denied.Contains(reason) ? "Denied" : "Undetermined");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Failed_EveryReason_IsDeniedOrUndeterminedAndObservedInAuditMode(DecisionReason reason, string outcome)
    {
        foreach (var digest in new[] { null, Policies.A })
        {
            var (match, basis) = Basis(Required, "nginx", digest);
            var (auditMatch, auditBasis) = Basis(Required, "nginx", digest, audit: true);

            var enforced = Decider.Failed(match, basis, reason, "why.");
            var audited = Assert.IsType<Decision.Admitted>(Decider.Failed(auditMatch, auditBasis, reason, "why."));

            Assert.Equal((outcome, reason, "why."), (enforced.Outcome, enforced.Reason, enforced.Message));
            Assert.Equal((outcome, reason, "why."), (audited.Effective.Outcome, audited.Effective.Reason, audited.Effective.Message));
            Assert.Equal(digest is null ? "docker.io/library/nginx:latest" : $"docker.io/library/nginx@{digest}", audited.Image.PullReference.ToString());
        }
    }

    [Theory]
    [InlineData(DecisionReason.Verified)]
    [InlineData(DecisionReason.AllowedByRule)]
    [InlineData(DecisionReason.Exempted)]
    public void Failed_ReasonThatAdmits_Throws(DecisionReason reason)
    {
        var (match, basis) = Basis(Required, "nginx", null);

        Assert.Throws<ArgumentException>(() => Decider.Failed(match, basis, reason, "why"));
    }

    [Fact]
    public void InvalidReference_InAuditMode_IsStillDenied()
    {
        var model = Policies.Of("mode: audit\n");

        var decision = Assert.IsType<Decision.Denied>(Decider.InvalidReference(model, "A B", "ns", "not a reference"));

        Assert.Equal(DecisionReason.InvalidReference, decision.Reason);
        Assert.Null(decision.Basis.Reference);
        Assert.Equal(PolicyMode.Audit, decision.Basis.Mode);
    }

    [Fact]
    public void FromLedger_Hit_AdmitsTheDigestAsCached()
    {
        var (match, basis) = Basis(Required, "nginx", Policies.A);

        var decision = Assert.IsType<Decision.Admitted>(Decider.FromLedger(match, basis, ["key:x"]));

        Assert.True(decision.Cached);
        Assert.Equal(DecisionReason.Verified, decision.Reason);
        Assert.Equal(Policies.A, decision.Image.Digest);
        Assert.Equal(["key:x"], decision.Signers.AsEnumerable());
    }

    [Fact]
    public void FromLedgerRefusal_Hit_IsTheSameRefusalAsCached()
    {
        var (match, basis) = Basis(Required, "nginx", Policies.A);

        var decision = Decider.FromLedgerRefusal(match, basis, DecisionReason.NoSignature, "none.");

        Assert.IsType<Decision.Denied>(decision);
        Assert.True(decision.Cached);
        Assert.Equal("none.", decision.Message);
    }

    [Fact]
    public void FromLedger_WithoutDigestOrForAStaticRule_Throws()
    {
        var (match, basis) = Basis(Required, "nginx", null);
        var (staticMatch, staticBasis) = Basis(Static, "ghcr.io/d/x", Policies.A);

        Assert.Throws<ArgumentException>(() => Decider.FromLedger(match, basis, []));
        Assert.Throws<ArgumentException>(() => Decider.FromLedger(staticMatch, staticBasis, []));
    }

    [Fact]
    public void FromVerdicts_VerdictOfAnotherDigestMissingOrDouble_Throws()
    {
        var (match, basis) = Basis(Required, "nginx", Policies.A);
        var good = Verdict("one", Policies.A);

        Assert.IsType<Decision.Admitted>(Decider.FromVerdicts(match, basis, [good]));
        Assert.Throws<ArgumentException>(() => Decider.FromVerdicts(match, basis, [Verdict("one", Policies.B)]));
        Assert.Throws<ArgumentException>(() => Decider.FromVerdicts(match, basis, []));
        Assert.Throws<ArgumentException>(() => Decider.FromVerdicts(match, basis, [good, good]));
        Assert.Throws<ArgumentException>(() => Decider.FromVerdicts(match, basis, [Verdict("two", Policies.A)]));
    }

    [Fact]
    public void FromStatic_BasisOfAnotherMatch_Throws()
    {
        var (match, _) = Basis(Static, "ghcr.io/a/x", null);
        var (_, other) = Basis(Static, "ghcr.io/d/x", null);
        var (_, audit) = Basis(Static, "ghcr.io/a/x", null, audit: true);

        Assert.Throws<ArgumentException>(() => Decider.FromStatic(match, other));
        Assert.Throws<ArgumentException>(() => Decider.FromStatic(match, audit));
    }

    internal static (RuleMatch Match, DecisionBasis Basis) Basis(string body, string image, Digest? digest, bool audit = false)
    {
        var reference = Policies.Ref(image);
        var match = Policies.Of(body.Replace("MODE", audit ? "mode: audit, " : "", StringComparison.Ordinal)).Match(reference, digest, "ns", Policies.Now);
        return (match, match.Basis(image, reference, digest, "ns"));
    }

    private static Decision? DecideStatic(string body, string image, bool audit = false)
    {
        var (match, basis) = Basis(body, image, null, audit);
        return Decider.FromStatic(match, basis);
    }

    private static AuthorityVerdict Verdict(string authority, Digest digest) =>
        new(authority, digest, VerdictOutcome.Satisfied, DecisionReason.Verified, "ok") { SignerIds = ["key:x"], PossibleSigners = SignerSet.Of(["key:x"]) };
}
