using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Policy.Tests;

public sealed class DeciderTests
{
    private const string Static = "rules: [{name: a, images: [\"ghcr.io/a/**\"], MODEallow: {reason: trusted base}}, {name: d, images: [\"ghcr.io/d/**\"], MODEdeny: {reason: retired}}]\n";
    private const string Required = Policies.Authorities + "rules: [{name: r, images: [\"**\"], MODErequire: {anyOf: [one]}}]\n";

    private static readonly string Exception =
        $"exceptions: [{{name: e, images: [\"ghcr.io/d/x@{Policies.A}\"], expires: 2026-12-01T00:00:00Z, owner: team-a, ticket: SEC-1}}]\n";

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

    [Fact]
    public void FromStatic_Exception_SaysUntilWhenWhoseAndWhere()
    {
        var (match, basis) = Basis(Static + Exception, "ghcr.io/d/x:v1", Policies.A);

        var decision = Assert.IsType<Decision.Admitted>(Decider.FromStatic(match, basis));

        Assert.Equal(DecisionReason.Exempted, decision.Reason);
        Assert.Equal("Exempted until 2026-12-01T00:00:00Z by exception 'e' of team-a, SEC-1.", decision.Message);
        Assert.Equal($"ghcr.io/d/x@{Policies.A}", decision.Image.PullReference.ToString());
        Assert.Equal(("e", $"ghcr.io/d/x@{Policies.A}"), (match.Rule, match.Pattern));
    }

    [Fact]
    public void FromStatic_ExceptionForAnotherDigestThanWouldBePulled_Throws()
    {
        var (match, basis) = Basis(Static + Exception, "ghcr.io/d/x:v1", Policies.A);

        Assert.Throws<ArgumentException>(() => Decider.FromStatic(match, basis with { Digest = null }));
        Assert.Throws<ArgumentException>(() => Decider.FromStatic(match, basis with { Digest = Policies.B }));
    }

    /// <summary>What a reference mentions is not what would be pulled where a digest was resolved.</summary>
    [Fact]
    public void Match_ReferenceNamesTheExceptionsDigestAndAnotherWasResolved_IsNotExempt()
    {
        var model = Plain(Static + Exception);

        Assert.Equal("d", model.Match(Policies.Ref($"ghcr.io/d/x@{Policies.A}"), Policies.B, null, Policies.Now).Rule);
        Assert.Equal("e", model.Match(Policies.Ref($"ghcr.io/d/x@{Policies.A}"), null, null, Policies.Now).Rule);
    }

    [Fact]
    public void FromStatic_DigestRequired_SaysWhatToWrite()
    {
        var decision = DecideStatic("rules: [{name: a, images: [nginx], requireDigest: true, allow: {reason: r}}]\n", "nginx");

        Assert.Equal(DecisionReason.DigestRequired, Assert.IsType<Decision.Denied>(decision).Reason);
        Assert.Equal("Rule 'a' takes references with a digest only; write docker.io/library/nginx@sha256:… instead of docker.io/library/nginx:latest.", decision.Message);
    }

    [Fact]
    public void EveryRefusal_AfterAnException_SaysThatItHasEnded()
    {
        const string Ended = "; exception 'e' of team-a ended at 2026-12-01T00:00:00Z.";
        var later = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        var image = Policies.Ref($"ghcr.io/d/x@{Policies.A}");
        var denied = Plain(Static + Exception).Match(image, null, null, later);
        var unmatched = Policies.Of(Exception).Match(image, null, null, later);
        var required = Plain(Required + Exception).Match(image, null, null, later);
        var basis = required.Basis("x", image, null, null);
        var missing = new AuthorityVerdict("one", Policies.A, VerdictOutcome.NotSatisfied, DecisionReason.NoSignature, "none.");

        Assert.Equal(
            "Rule 'd' denies it: retired; use an image that the policy admits, or ask for a change of that rule" + Ended,
            Decider.FromStatic(denied, denied.Basis("x", image, null, null))!.Message);
        Assert.EndsWith("or use an image that has one" + Ended, Decider.FromStatic(unmatched, unmatched.Basis("x", image, null, null))!.Message, StringComparison.Ordinal);
        var refusal = Decider.FromVerdicts(required, basis, [missing]);
        Assert.Equal("none" + Ended, refusal.Message);
        Assert.Equal("it is down" + Ended, Decider.Failed(required, basis, DecisionReason.RegistryUnavailable, "it is down").Message);

        // A ledger keeps the text as it was told.
        Assert.Equal(refusal.Message, Decider.FromLedgerRefusal(required, basis, refusal.Reason, refusal.Message).Message);
        Assert.Equal(refusal.Message, Decider.FromLedgerRefusal(required, basis, refusal.Reason, "none.").Message);

        // What is admitted is nobody's concern.
        Assert.DoesNotContain("ended", Decider.FromVerdicts(required, basis, [Verdict("one", Policies.A)]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromStatic_ExceptionEndedInAuditMode_SaysSoInWhatIsObserved()
    {
        var later = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var image = Policies.Ref($"ghcr.io/d/x@{Policies.A}");
        var match = Policies.Of("mode: audit\n" + Exception).Match(image, null, null, later);

        var decision = Assert.IsType<Decision.Admitted>(Decider.FromStatic(match, match.Basis("x", image, null, null)));

        Assert.EndsWith("ended at 2026-12-01T00:00:00Z.", decision.Observed!.Message, StringComparison.Ordinal);
        Assert.Equal("Let through in audit mode: " + decision.Observed.Message, decision.Message);
    }

    [Fact]
    public void FromGrace_RuleThatAllowsIt_AdmitsAsCachedAndSaysWhy()
    {
        var (match, basis) = Basis("grace: allow\n" + Required, "nginx", Policies.A);

        var decision = Assert.IsType<Decision.Admitted>(Decider.FromGrace(match, basis, ["key:x"], "The registry is down."));

        Assert.True(decision.Cached);
        Assert.Equal(DecisionReason.Verified, decision.Reason);
        Assert.Equal(Policies.A, decision.Image.Digest);
        Assert.Equal(["key:x"], decision.Signers.AsEnumerable());
        Assert.Equal(
            $"{Policies.A} satisfies rule 'r', signed by key:x; not verified anew, which cache.graceFor allows during an outage: The registry is down.", decision.Message);
    }

    [Fact]
    public void FromGrace_RuleThatDoesNotAllowItOrNoDigest_Throws()
    {
        var (strict, strictBasis) = Basis(Required, "nginx", Policies.A);
        var (match, basis) = Basis("grace: allow\n" + Required, "nginx", null);

        Assert.Throws<ArgumentException>(() => Decider.FromGrace(strict, strictBasis, ["key:x"], "down"));
        Assert.Throws<ArgumentException>(() => Decider.FromGrace(match, basis, ["key:x"], "down"));
    }

    [Fact]
    public void MatchAnyNamespace_Exceptions_AreToldWhereTheyHoldWithWhatTheyWaitFor()
    {
        var model = Policies.Of($$$"""
            rules:
              - {name: prod, images: ["ghcr.io/d/**"], namespaces: {include: ["prod-*"]}, deny: {reason: r}}
              - {name: base, images: ["ghcr.io/d/**"], namespaces: {include: [base]}, allow: {reason: r}}
            exceptions:
              - {name: dev, images: ["ghcr.io/d/x@{{{Policies.A}}}"], namespaces: {include: [dev, base]}, expires: 2026-12-01T00:00:00Z, owner: o}
              - {name: ended, images: ["ghcr.io/d/x@{{{Policies.A}}}"], namespaces: {include: [prod-a]}, expires: 2026-01-01T00:00:00Z, owner: o}
            """);
        var byTag = Policies.Ref("ghcr.io/d/x:v1");

        Assert.Equal(["base", "prod ended", "prod", "dev", null], Told(model.MatchAnyNamespace(byTag, Policies.A, Policies.Now)));
        Assert.All(model.MatchAnyNamespace(byTag, null, Policies.Now), m => Assert.Equal(m.Rule is not "base", m.NeedsDigest));
    }

    private static PolicyModel Plain(string body) => Policies.Of(body.Replace("MODE", "", StringComparison.Ordinal));

    private static IEnumerable<string?> Told(IEnumerable<RuleMatch> matches) => matches.Select(m => m.Ended is null ? m.Rule : $"{m.Rule} {m.Ended.Name}");

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
