using NodeGate.Gate.State;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

public sealed class ImageGateDecideTests : IDisposable
{
    private readonly GateFixture _fixture = new();

    private MemoryRegistry Registry => _fixture.Registry;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task DecideAsync_LegacySignature_AdmitsTheDigestThatTheTagResolvedTo()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);

        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));

        Assert.Equal(DecisionReason.Verified, admitted.Reason);
        Assert.Equal($"{GateFixture.App}@{digest}", admitted.Image.PullReference.ToString());
        Assert.True(admitted.Image.NeedsTag);
        Assert.Equal($"key:sha256:{GateFixture.Key.Fingerprint}", Assert.Single(admitted.Signers));
    }

    [Fact]
    public async Task DecideAsync_Bundle_Admits()
    {
        Registry.SignBundle(Registry.PushImage("1"), GateFixture.Key);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    /// <summary>docker-registry with cosign 3.1 lists the config's media type as artifact type (cosign issue 4422).</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("application/vnd.oci.empty.v1+json")]
    [InlineData("application/vnd.oci.image.config.v1+json")]
    public async Task DecideAsync_BundleListedWithAWrongArtifactType_AdmitsAllTheSame(string? artifactType)
    {
        Registry.SignBundle(Registry.PushImage("1"), GateFixture.Key, artifactType);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task DecideAsync_NoSignature_DeniesWithTheSameWordsForEverybody()
    {
        Registry.PushImage("1");
        var first = Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
        _fixture.Time.Advance(TimeSpan.FromMinutes(5));
        var second = await _fixture.DecideAsync(GateFixture.Tagged, credential: new RegistryCredential { Username = "u", Password = "p" });

        Assert.Equal(DecisionReason.NoSignature, first.Reason);
        Assert.Equal(first.Message, second.Message);
    }

    [Fact]
    public async Task DecideAsync_SignedByAnotherKey_Denies()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.OtherKey);
        Registry.SignBundle(digest, GateFixture.OtherKey);
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task DecideAsync_TagMovedAfterSigning_Denies()
    {
        Registry.SignLegacy(GateFixture.App, Registry.PushImage("1", "good"), GateFixture.Key);
        Registry.PushImage("1", "evil");
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Theory]
    [InlineData("reg.example/free/a:1", DecisionReason.AllowedByRule, true)]
    [InlineData("reg.example/never/a:1", DecisionReason.DeniedByRule, false)]
    [InlineData("reg.example/unknown/a:1", DecisionReason.NoMatchingRule, false)]
    [InlineData("Not A Reference", DecisionReason.InvalidReference, false)]
    public async Task DecideAsync_StaticAnswer_ContactsNoRegistryAndIsRecorded(string image, DecisionReason reason, bool admitted)
    {
        var decision = await _fixture.DecideAsync(image, "ns");

        Assert.Equal((reason, admitted), (decision.Reason, decision is Decision.Admitted));
        Assert.Empty(Registry.Requests);
        var record = Assert.Single(_fixture.Records);
        Assert.Equal((image, "ns", reason), (record.Image, record.Namespace, record.Reason));
    }

    [Fact]
    public async Task DecideAsync_StaticRuleBesideADigestRule_ResolvesAndTheDigestRuleWins()
    {
        var bad = Registry.PushImage("1");
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny", $$$"""
              - {name: all, images: ["reg.example/org/app"], allow: {reason: "ours"}}
              - {name: broken, images: ["reg.example/org/app@{{{bad}}}"], deny: {reason: "broken build"}}
            """)));

        var denied = Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal("broken", denied.Basis.Rule);

        Registry.PushImage("1", "another");
        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal("all", admitted.Basis.Rule);
        Assert.NotNull(admitted.Image.Digest);
    }

    [Theory]
    [InlineData(ContentFailure.Unavailable, DecisionReason.RegistryUnavailable)]
    [InlineData(ContentFailure.NotFound, DecisionReason.ImageNotFound)]
    [InlineData(ContentFailure.Unauthorized, DecisionReason.Unauthorized)]
    [InlineData(ContentFailure.Corrupt, DecisionReason.RegistryUnavailable)]
    [InlineData(ContentFailure.LimitExceeded, DecisionReason.LimitExceeded)]
    [InlineData(ContentFailure.TimedOut, DecisionReason.TimedOut)]
    public async Task DecideAsync_ResolvingFails_IsUndeterminedWithItsReasonAndNeverCached(ContentFailure failure, DecisionReason reason)
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        Registry.Intercept = (_, _, _) => throw new ContentException(failure, "what the registry did");

        foreach (var image in (string[])[GateFixture.Tagged, $"{GateFixture.App}@{digest}"])
        {
            var decision = Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(image));
            Assert.Equal(reason, decision.Reason);
            Assert.Contains("what the registry did", decision.Message, StringComparison.Ordinal);
        }

        Registry.Intercept = null;
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task DecideAsync_Admitted_LedgerIsWrittenBeforeTheRecordAndTheRecordBeforeTheAnswer()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        var inLedger = false;
        _fixture.Sink.Recording = _ => inLedger = _fixture.Ledger.FindAdmission(KeyOf(digest)) is not null;

        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));

        Assert.True(inLedger);
        Assert.Equal((DecisionEvent.Pull, "Admitted", false), Fields(Assert.Single(_fixture.Records)));
    }

    [Fact]
    public async Task DecideAsync_Again_IsAnsweredByTheLedgerAndRecordedAsCached()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await _fixture.DecideAsync(GateFixture.Tagged);
        Registry.Requests.Clear();

        var byTag = await _fixture.DecideAsync(GateFixture.Tagged);
        Assert.Equal([$"resolve {GateFixture.Tagged}"], Registry.Requests);
        var byDigest = await _fixture.DecideAsync($"{GateFixture.App}@{digest}");
        Assert.Single(Registry.Requests);

        Assert.True(byTag is Decision.Admitted { Cached: true } && byDigest is Decision.Admitted { Cached: true });
        Assert.Equal([(DecisionEvent.Pull, "Admitted", false), (DecisionEvent.Pull, "Admitted", true), (DecisionEvent.Pull, "Admitted", true)],
            _fixture.Records.Select(Fields));
        Assert.NotEmpty(_fixture.Records[2].Signers);
    }

    [Fact]
    public async Task DecideAsync_AfterADayOrAnotherPolicyOrAnotherRule_VerifiesAnew()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await _fixture.DecideAsync(GateFixture.Tagged);

        _fixture.Time.Advance(TimeSpan.FromHours(24));
        Assert.False((await _fixture.DecideAsync(GateFixture.Tagged)).Cached);

        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny",
            "  - {name: org, images: [\"reg.example/org/**\"], require: {anyOf: [other]}}")));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task DecideAsync_SameDigestInAnotherRepository_IsAnotherQuestion()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await _fixture.DecideAsync(GateFixture.Tagged);
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"reg.example/org/other@{digest}"));
    }

    [Fact]
    public async Task DecideAsync_Denied_IsRepeatedForHalfAMinuteAndThenVerifiedAnew()
    {
        var digest = Registry.PushImage("1");
        await _fixture.DecideAsync(GateFixture.Tagged);
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);

        Assert.True(await _fixture.DecideAsync(GateFixture.Tagged) is Decision.Denied { Cached: true });
        _fixture.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task DecideAsync_AuditLogFull_AdmitsNothingAndKeepsRefusals()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        Registry.PushImage("2", "unsigned");
        _fixture.Sink.IsFull = true;

        var undetermined = Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal(DecisionReason.InternalError, undetermined.Reason);
        Assert.Contains("No space left", undetermined.Message, StringComparison.Ordinal);
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync("reg.example/free/a:1"));
        Assert.Equal(DecisionReason.NoSignature, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.App + ":2")).Reason);

        _fixture.Sink.IsFull = false;
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task DecideAsync_AuditMode_LetsThroughAndRecordsWhatWouldHaveBeen()
    {
        var digest = Registry.PushImage("1");
        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/watched/a:1"));
        Assert.IsType<Decision.Denied>(admitted.Observed);
        Assert.Equal(digest, admitted.Image.Digest);
        var record = Assert.Single(_fixture.Records);
        Assert.Equal(("Denied", PolicyMode.Audit, DecisionReason.NoSignature), (record.Decision, record.Mode, record.Reason));

        // Let through is not admitted on its merits: the ledger must not say so when the rule is enforced later.
        Assert.Null(_fixture.Ledger.FindAdmission(KeyOf(digest) with { Repository = "reg.example/watched/a", Rule = "watched" }));

        Registry.Intercept = (_, _, _) => throw new ContentException(ContentFailure.Unavailable, "down");
        var unresolved = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/watched/a:1"));
        Assert.IsType<Decision.Undetermined>(unresolved.Observed);
        Assert.Null(unresolved.Image.Digest);

        _fixture.Sink.IsFull = true;
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/watched/a:1"));
    }

    [Fact]
    public async Task DecideAsync_NamespaceSelectsTheRule()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy("reg.example/tenant/a", digest, GateFixture.Key);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/tenant/a:1", "prod-1"));
        Assert.Equal(DecisionReason.NoMatchingRule, (await _fixture.DecideAsync("reg.example/tenant/a:1", "dev")).Reason);
        Assert.Equal(DecisionReason.NoMatchingRule, (await _fixture.DecideAsync("reg.example/tenant/a:1")).Reason);
    }

    [Fact]
    public async Task DecideAsync_PolicyReloadedInTheMiddle_IsJudgedByTheOneItBeganWith()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        var before = _fixture.Policies.Current;
        Registry.Intercept = (_, _, _) =>
        {
            _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny",
                "  - {name: org, images: [\"reg.example/org/**\"], deny: {reason: \"stop\"}}")));
            return Task.CompletedTask;
        };

        var decision = await _fixture.DecideAsync(GateFixture.Tagged);
        Assert.IsType<Decision.Admitted>(decision);
        Assert.Equal(before.Revision, decision.Basis.PolicyRevision);
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task DecideAsync_PodIsRecorded()
    {
        await _fixture.Gate.DecideAsync(
            new GateRequest { Image = "reg.example/free/a:1", Event = DecisionEvent.CreateContainer, Pod = "p", PodUid = "u" }, CancellationToken.None);
        var record = Assert.Single(_fixture.Records);
        Assert.Equal((DecisionEvent.CreateContainer, "p", "u"), (record.Event, record.Pod, record.PodUid));
    }

    /// <summary>An image pulled by its SHA-512 digest: the signatures are stored under, and about, its SHA-256 digest.</summary>
    [Fact]
    public async Task DecideAsync_Sha512Reference_LooksForSignaturesOfTheSha256Digest()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        var content = await Registry.Open(ImageReference.Parse(GateFixture.Tagged), null).FetchManifestAsync(digest, CancellationToken.None);
        var sha512 = Digest.Of(content.Content.Span, DigestAlgorithm.Sha512);
        Registry.Alias(sha512, digest);

        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync($"{GateFixture.App}@{sha512}"));
        Assert.Equal(sha512, admitted.Image.Digest);
    }

    [Fact]
    public async Task DecideAsync_AllOf_NeedsBoth()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy("reg.example/both/a", digest, GateFixture.Key);
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync("reg.example/both/a:1"));
        Registry.SignBundle(digest, GateFixture.OtherKey);
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        var admitted = Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync("reg.example/both/a:1"));
        Assert.Equal(2, admitted.Signers.Length);
    }

    private static (DecisionEvent Event, string? Decision, bool Cached) Fields(DecisionRecord r) => (r.Event, r.Decision, r.Cached);

    private AdmissionKey KeyOf(Digest digest) =>
        new(GateFixture.App, digest, "org", _fixture.Policies.Current.Revision, _fixture.Policies.Current.TrustRevision);
}
