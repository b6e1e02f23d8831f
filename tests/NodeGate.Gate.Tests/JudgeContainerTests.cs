using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

/// <summary>design.md section 2, step 12: what an ImageService-only gate leaves open.</summary>
public sealed class JudgeContainerTests : IDisposable
{
    private const string Tenant = "reg.example/tenant/a:1";

    private static readonly string Id = Digest.Of("config"u8).ToString();
    private static readonly Digest Evil = Digest.Of("evil manifest"u8);

    private readonly GateFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Container_PulledHere_IsAdmittedFromTheLedgerAndRecorded()
    {
        var names = await PullAsync();
        var requests = _fixture.Registry.Requests.Count;
        foreach (var written in (string?[])[GateFixture.Tagged, names[1].Name, null, ""])
        {
            Assert.True(await _fixture.ContainerAsync(written, Id, "prod-a", names) is Decision.Admitted { Cached: true, Observed: null }, written);
        }

        Assert.Equal(requests, _fixture.Registry.Requests.Count);
        var record = _fixture.Records[^1];
        Assert.Equal((DecisionEvent.CreateContainer, "Admitted", "prod-a", "pod", "uid"), (record.Event, record.Decision, record.Namespace, record.Pod, record.PodUid));
    }

    [Fact]
    public async Task Container_SmuggledUnderTheNameOfASignedImage_IsRefused()
    {
        var decision = Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, PushEvil()));
        Assert.Equal(DecisionReason.NoSignature, decision.Reason);
        Assert.Equal("Denied", Assert.Single(_fixture.Records).Decision);
    }

    /// <summary><c>ctr images tag evil reg.example/org/app@sha256:GOOD</c>.</summary>
    [Fact]
    public async Task Container_DigestNameThatPointsElsewhere_DoesNotVouch()
    {
        var good = (await PullAsync())[0].Target!;
        _fixture.Restart();
        var fake = new ImageName($"{GateFixture.App}@{good}", Evil);
        foreach (var written in (string?[])[fake.Name, null])
        {
            var decision = Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(written, Digest.Of("evil"u8).ToString(), null, fake));
            Assert.Contains($"points at {Evil}", decision.Message, StringComparison.Ordinal);
        }

        Assert.False((await _fixture.StatusAsync(fake.Name, Digest.Of("evil"u8).ToString(), fake)).IsShown);
    }

    [Fact]
    public async Task Container_DigestNameThatPointsElsewhere_DoesNotVouchForAStaticRuleEither()
    {
        var pinned = Digest.Of("pinned"u8);
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document(
            "enforce", "deny", $"  - {{name: pause, images: [\"reg.example/pause@{pinned}\"], allow: {{reason: \"pinned\"}}}}")));
        var name = $"reg.example/pause@{pinned}";
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync(name, Id, null, new ImageName(name, pinned)));
        Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(name, Id, null, new ImageName(name, Evil)));
        Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(name, Id, null, new ImageName(name, null)));
    }

    /// <summary>The kubelet pulls nothing that is there already (kubernetes issue 18787): namespace prod-1 seeds, dev-1 asks for it.</summary>
    [Fact]
    public async Task Container_SeededByAnotherTenant_IsJudgedForItsOwnNamespace()
    {
        var names = await PullTenantAsync();
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync(Tenant, Id, "prod-1", names));
        foreach (var @namespace in (string?[])["dev-1", null])
        {
            var decision = Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(Tenant, Id, @namespace, names));
            Assert.Equal(DecisionReason.NoMatchingRule, decision.Reason);
            Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(null, Id, @namespace, names));
        }
    }

    [Fact]
    public async Task Container_ByBareId_IsRefusedEvenWhereItsNamesAreAdmitted()
    {
        var names = await PullAsync();
        foreach (var written in (string[])[Id, Id[7..], Id[7..19], "sha256:" + Id[7..19]])
        {
            var decision = Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(written, Id, null, names));
            Assert.Equal(DecisionReason.NoMatchingRule, decision.Reason);
            Assert.Contains($"such as {GateFixture.Tagged}", decision.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("allow", "reg.example/other/a:1", true)]
    [InlineData("allow", "reg.example/org/app:1", false)]
    [InlineData("deny", "reg.example/other/a:1", false)]
    public async Task Container_ByBareId_NeedsUnmatchedAllowAndEveryGovernedNameAdmitted(string unmatched, string name, bool admitted)
    {
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document(
            "enforce", unmatched, "  - {name: org, images: [\"reg.example/org/**\"], require: {anyOf: [release]}}")));
        var evil = _fixture.Registry.PushImage("1", "evil");
        Assert.Equal(admitted, await _fixture.ContainerAsync(Id, Id, null, new ImageName(name, evil)) is Decision.Admitted);
    }

    [Fact]
    public async Task Container_ByBareIdWithoutAnyName_IsUnmatched()
    {
        var own = new ImageName(Id, Evil);
        Assert.Equal(DecisionReason.NoMatchingRule, Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(Id, Id, null, own)).Reason);
        Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(null, Id, null, own));
        Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(null, Id, null));
    }

    /// <summary>What is written is not the name of what would run, whatever a rule says of the name.</summary>
    [Fact]
    public async Task Container_WrittenNameIsNotTheImages_IsRefused()
    {
        var names = await PullAsync();
        Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync("reg.example/free/a:1", Id, null, names));
        Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync("reg.example/free/a:1", Id, null, new ImageName("reg.example/never/a:1", Evil)));
    }

    /// <summary>The tag was moved by a pull after this pod's own: the image lost the name, and the ledger knows it by it.</summary>
    [Fact]
    public async Task Container_TagMovedOnSince_IsJudgedAsWhatItWasPulledAs()
    {
        var names = await PullAsync();
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, names[1]));
    }

    [Fact]
    public async Task Container_AnotherNamePointsAtSomethingUnknown_IsRefused()
    {
        var names = await PullAsync();
        foreach (var other in (ImageName[])[new("reg.example/aaa:1", Evil), new(GateFixture.Tagged, Evil), new(Id, Evil), new("reg.example/free/b:1", null)])
        {
            var decision = Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(names[1].Name, Id, null, names[1], other));
            Assert.Contains($"name {other.Name} ", decision.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Container_AnotherNameIsGoodAsWell_IsAdmitted()
    {
        var names = await PullAsync();

        // A copy with another manifest that was pulled through the gate as this very image, under a rule of another namespace.
        var copy = _fixture.Registry.PushImage("copy", "copy");
        _fixture.Registry.SignLegacy("reg.example/tenant/a", copy, GateFixture.Key);
        await _fixture.PullAsync($"reg.example/tenant/a@{copy}", Id, "prod-1");

        var free = new ImageName("reg.example/free/b:1", Evil);
        var own = new ImageName(Id, copy);
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, "dev", [.. names, free, own, new ImageName(Tenant, copy)]));
    }

    [Fact]
    public async Task Container_MoreUnknownTargetsThanAreJudged_IsUndetermined()
    {
        var names = await PullAsync();
        var free = Enumerable.Range(0, GateLimits.MaxTargetsJudged + 1).Select(i => new ImageName($"reg.example/free/a:{i}", Digest.Of(BitConverter.GetBytes(i)))).ToArray();
        Assert.IsType<Decision.Admitted>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, [.. names, .. free[1..]]));
        var decision = Assert.IsType<Decision.Undetermined>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, [.. names, .. free]));
        Assert.Equal(DecisionReason.LimitExceeded, decision.Reason);
    }

    /// <summary>On the node before NodeGate was: verified by digest, with nobody's credentials.</summary>
    [Fact]
    public async Task Container_NotKnownToTheLedger_IsVerifiedByDigestWithoutCredentials()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        _fixture.Registry.Intercept = (_, credential, _) => credential is null ? Task.CompletedTask : throw new InvalidOperationException("credentials");
        Assert.True(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, new ImageName(GateFixture.Tagged, digest)) is Decision.Admitted { Cached: false });
        Assert.DoesNotContain(_fixture.Registry.Requests, r => r == $"resolve {GateFixture.Tagged}");
        Assert.True(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, new ImageName(GateFixture.Tagged, digest)) is Decision.Admitted { Cached: true });
    }

    [Fact]
    public async Task Container_RegistryWantsCredentials_SaysHowToBringThem()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.Intercept = (_, _, _) => throw new ContentException(ContentFailure.Unauthorized, "reg.example wants credentials.");
        var decision = Assert.IsType<Decision.Undetermined>(
            await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, new ImageName(GateFixture.Tagged, digest)));
        Assert.Equal(DecisionReason.Unauthorized, decision.Reason);
        Assert.Contains("imagePullPolicy: Always", decision.Message, StringComparison.Ordinal);
    }

    /// <summary>The ten minutes are for ImageStatus alone: a late denial is an error here (design.md section 2, step 11).</summary>
    [Fact]
    public async Task Container_PolicyChangedAfterThePull_IsRefusedAtOnce()
    {
        var names = await PullAsync();
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny", "  - {name: org, images: [\"reg.example/**\"], deny: {reason: \"stop\"}}")));
        Assert.True((await _fixture.StatusAsync(GateFixture.Tagged, Id, names)).IsShown);
        Assert.Equal(DecisionReason.DeniedByRule, Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, names)).Reason);
    }

    [Fact]
    public async Task Container_RuleInAuditMode_IsLetThroughAndRecordedAsRefused()
    {
        const string Watched = "reg.example/watched/a:1";
        var names = new ImageName(Watched, _fixture.Registry.PushImage("1"));
        foreach (var written in (string?[])[Watched, Id, null])
        {
            Assert.True(await _fixture.ContainerAsync(written, Id, null, names) is Decision.Admitted { Observed: not null }, written);
            Assert.Equal("Denied", _fixture.Records[^1].Decision);
        }
    }

    [Fact]
    public async Task Container_AuditLogFull_IsNotAdmitted()
    {
        var names = await PullAsync();
        _fixture.Sink.IsFull = true;
        Assert.Equal(DecisionReason.InternalError, (await _fixture.ContainerAsync(GateFixture.Tagged, Id, null, names)).Reason);
    }

    [Fact]
    public async Task Container_RegistryHangs_IsUndeterminedInTime()
    {
        var digest = _fixture.Registry.PushImage("1");
        var arrived = new TaskCompletionSource();
        _fixture.Registry.Intercept = (_, _, token) =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, token);
        };
        var asking = _fixture.ContainerAsync(GateFixture.Tagged, Id, null, new ImageName(GateFixture.Tagged, digest));
        await arrived.Task;
        _fixture.Time.Advance(_fixture.Options.TotalDeadline);
        Assert.Equal(DecisionReason.TimedOut, Assert.IsType<Decision.Undetermined>(await asking).Reason);
    }

    private ImageName[] PushEvil()
    {
        var evil = _fixture.Registry.PushImage("evil", "evil");
        return [new ImageName(GateFixture.Tagged, evil), new ImageName(Id, evil)];
    }

    private async Task<ImageName[]> PullAsync()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        await _fixture.PullAsync(GateFixture.Tagged, Id);
        return [new ImageName(GateFixture.Tagged, digest), new ImageName($"{GateFixture.App}@{digest}", digest), new ImageName(Id, digest)];
    }

    private async Task<ImageName[]> PullTenantAsync()
    {
        var digest = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy("reg.example/tenant/a", digest, GateFixture.Key);
        await _fixture.PullAsync(Tenant, Id, "prod-1");
        return [new ImageName(Tenant, digest), new ImageName(Id, digest)];
    }
}
