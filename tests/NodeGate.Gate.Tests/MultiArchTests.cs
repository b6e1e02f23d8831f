using NodeGate.Gate.State;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate.Tests;

/// <summary>Indexes and their images: what vouches for what (verification.md section 1.5).</summary>
public sealed class MultiArchTests : IDisposable
{
    private const string App = GateFixture.App;

    private static readonly string Id = Digest.Of("config"u8).ToString();

    private readonly GateFixture _fixture = new(
        Policy("  - {name: org, images: [\"reg.example/org/**\"], require: {anyOf: [release]}}"),
        new GateOptions { Platform = new Platform("amd64", "linux", null) });

    private readonly Digest _amd;
    private readonly Digest _arm;
    private readonly Digest _index;

    public MultiArchTests()
    {
        _amd = _fixture.Registry.PushImage("amd", "amd");
        _arm = _fixture.Registry.PushImage("arm", "arm");
        _index = _fixture.Registry.PushIndex("1", (_arm, "linux/arm64"), (_amd, "linux/amd64"));
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Child_OfASignedIndexThatWasAdmitted_IsAdmittedWithoutARequestAlsoAfterARestart()
    {
        _fixture.Registry.SignLegacy(App, _index, GateFixture.Key);
        Assert.Equal(_index, Admitted(await _fixture.DecideAsync(GateFixture.Tagged)).Image.Digest);
        _fixture.Restart();
        var requests = _fixture.Registry.Requests.Count;
        foreach (var child in (Digest[])[_amd, _arm])
        {
            var admitted = Admitted(await _fixture.DecideAsync($"{App}@{child}"));
            Assert.Equal((child, true), (admitted.Image.Digest, admitted.Cached));
            Assert.Contains($"an image of the index {_index}", admitted.Message, StringComparison.Ordinal);
        }

        Assert.Equal(requests, _fixture.Registry.Requests.Count);
    }

    [Fact]
    public async Task Child_OfAnUnsignedIndex_IsDenied()
    {
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal(DecisionReason.NoSignature, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"{App}@{_amd}")).Reason);
    }

    /// <summary>An index proves what it lists and not what lists it: nor does a signed image make its index good.</summary>
    [Fact]
    public async Task Index_OfASignedChild_IsDenied()
    {
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        Admitted(await _fixture.DecideAsync($"{App}@{_amd}"));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task Child_OfAnIndexInAnotherRepository_IsDenied()
    {
        _fixture.Registry.SignLegacy(App, _index, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"reg.example/org/other@{_amd}"));
    }

    /// <summary>Another rule for the child's reference: the index is verified under that rule, and may fail it.</summary>
    [Fact]
    public async Task Child_UnderAnotherRule_IsAdmittedOnlyWhereTheIndexSatisfiesThatRule()
    {
        _fixture.Policies.Replace(GateFixture.Load(Policy("""
              - {name: org, images: ["reg.example/org/**"], require: {anyOf: [release]}}
              - {name: strict, images: ["reg.example/org/**"], namespaces: {include: ["prod"]}, require: {anyOf: [other]}}
              - {name: again, images: ["reg.example/org/**"], namespaces: {include: ["same"]}, require: {anyOf: [release]}}
            """)));
        _fixture.Registry.SignLegacy(App, _index, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"{App}@{_amd}", "prod"));
        Admitted(await _fixture.DecideAsync($"{App}@{_amd}", "same"));
    }

    /// <summary>The index cannot be asked for: that is no denial, and must not be repeated as one.</summary>
    [Fact]
    public async Task Child_WhoseIndexCannotBeVerifiedNow_IsUndetermined()
    {
        _fixture.Registry.SignLegacy(App, _index, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(GateFixture.Tagged));
        _fixture.Time.Advance(TimeSpan.FromDays(2));
        _fixture.Registry.Intercept = (request, _, _) => request.Contains(_index.Hex, StringComparison.Ordinal)
            ? throw new ContentException(ContentFailure.Unavailable, "no route") : Task.CompletedTask;
        Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync($"{App}@{_amd}"));
        _fixture.Registry.Intercept = null;
        Admitted(await _fixture.DecideAsync($"{App}@{_amd}"));
    }

    [Fact]
    public async Task Platform_OnlyTheNodesImageIsSigned_IsAdmittedAndPulledAsThatImage()
    {
        VerifyPlatform();
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        foreach (var asked in (string[])[GateFixture.Tagged, $"{App}@{_index}"])
        {
            var admitted = Admitted(await _fixture.DecideAsync(asked));
            Assert.Equal($"{App}@{_amd}", admitted.Image.PullReference.ToString());
            Assert.True(admitted.Image.NeedsTag);
        }

        // Warm: one request for the tag, none for the digest.
        _fixture.Restart();
        var requests = _fixture.Registry.Requests.Count;
        Assert.Equal(_amd, Admitted(await _fixture.DecideAsync($"{App}@{_index}")).Image.Digest);
        Assert.Equal(_amd, Admitted(await _fixture.DecideAsync(GateFixture.Tagged)).Image.Digest);
        Assert.Equal(requests + 1, _fixture.Registry.Requests.Count);
    }

    [Fact]
    public async Task Platform_SignedIndex_IsAdmittedAsTheIndex()
    {
        VerifyPlatform();
        _fixture.Registry.SignLegacy(App, _index, GateFixture.Key);
        Assert.Equal(_index, Admitted(await _fixture.DecideAsync(GateFixture.Tagged)).Image.Digest);
    }

    [Fact]
    public async Task Platform_OnlyAnotherNodesImageIsSigned_IsDenied()
    {
        VerifyPlatform();
        _fixture.Registry.SignLegacy(App, _arm, GateFixture.Key);
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
        var requests = _fixture.Registry.Requests.Count;
        Assert.True(await _fixture.DecideAsync($"{App}@{_index}") is Decision.Denied { Cached: true });
        Assert.Equal(requests, _fixture.Registry.Requests.Count);
    }

    /// <summary>The index is known by the signed image in it, and still vouches for none of the others.</summary>
    [Fact]
    public async Task Platform_UnsignedSiblingOfASignedImage_IsDenied()
    {
        VerifyPlatform();
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"{App}@{_arm}"));
    }

    [Fact]
    public async Task Platform_WithoutThatRule_TheNodesSignedImageDoesNotAdmitTheIndex()
    {
        VerifyPlatform();
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(GateFixture.Tagged));
        _fixture.Policies.Replace(GateFixture.Load(Policy("  - {name: org, images: [\"reg.example/org/**\"], require: {anyOf: [release]}}")));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    /// <summary>Two entries for one platform: what is verified is the first, as containerd takes it, and what is pulled is what was verified.</summary>
    [Fact]
    public async Task Platform_TwoEntriesOfOnePlatform_TheFirstIsVerifiedAndPulled()
    {
        VerifyPlatform();
        var evil = _fixture.Registry.PushImage("evil", "evil");
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        _fixture.Registry.PushIndex("2", (evil, "linux/amd64"), (_amd, "linux/amd64"));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(App + ":2"));
        _fixture.Registry.PushIndex("3", (_amd, "linux/amd64"), (evil, "linux/amd64"));
        Assert.Equal(_amd, Admitted(await _fixture.DecideAsync(App + ":3")).Image.Digest);
    }

    [Fact]
    public async Task Platform_NestedIndex_IsRefusedAndSaysSo()
    {
        VerifyPlatform();
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        var inner = _fixture.Registry.PushIndex("inner", (_amd, "linux/amd64"));
        _fixture.Registry.PushIndex("2", (inner, "linux/amd64"));
        var denied = Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(App + ":2"));
        Assert.Contains("another index in its place", denied.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nested_ImageOfAnIndexInASignedIndex_IsDenied()
    {
        var inner = _fixture.Registry.PushIndex("inner", (_amd, "linux/amd64"));
        var outer = _fixture.Registry.PushIndex("2", (inner, "linux/amd64"));
        _fixture.Registry.SignLegacy(App, outer, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(App + ":2"));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"{App}@{inner}"));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"{App}@{_amd}"));
    }

    [Fact]
    public async Task Platform_DigestOfTheNodesImageIsDenied_IsDeniedAsAnImageOfTheIndexToo()
    {
        _fixture.Policies.Replace(GateFixture.Load(Policy($$"""
              - {name: org, images: ["reg.example/org/**"], platform: verify, require: {anyOf: [release]} }
              - {name: bad, images: ["reg.example/org/app@{{_amd}}"], deny: {reason: "bad"} }
            """)));
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        Assert.Equal(DecisionReason.DeniedByRule, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
    }

    /// <summary>The pod says the index; the runtime's record of that name points at the image that was pulled for it.</summary>
    [Fact]
    public async Task Platform_NameOfTheIndexPointsAtTheNodesImage_IsShownAndRuns()
    {
        VerifyPlatform();
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        var pinned = $"{App}@{_index}";
        await _fixture.PullAsync(pinned, Id);
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        ImageName[] names = [new(pinned, _amd), new($"{App}@{_amd}", _amd), new(Id, _amd)];
        Assert.True((await _fixture.StatusAsync(pinned, Id, names)).IsShown);
        Admitted(await _fixture.ContainerAsync(pinned, Id, null, names));
        ImageName[] moved = [new(pinned, _arm), new(Id, _arm)];
        Assert.False((await _fixture.StatusAsync(pinned, Digest.Of("other"u8).ToString(), moved)).IsShown);
        Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(pinned, Digest.Of("other"u8).ToString(), null, moved));
    }

    /// <summary>A signature that names its tag admits that tag alone, and so what its index lists.</summary>
    [Fact]
    public async Task Child_OfAnIndexThatIsSignedForOneTag_IsNotAdmittedUnderAnother()
    {
        _fixture.Registry.SignLegacy(GateFixture.Tagged, _index, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(App + ":amd"));
    }

    [Fact]
    public async Task Index_WithMoreImagesThanAreRemembered_VouchesForThoseOnly()
    {
        var many = Enumerable.Range(0, LedgerLimits.MaxIndexChildren).Select(i => (_fixture.Registry.PushImage($"m{i}", $"m{i}"), (string?)null)).ToArray();
        var index = _fixture.Registry.PushIndex("2", [.. many, (_amd, "linux/amd64")]);
        _fixture.Registry.SignLegacy(App, index, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(App + ":2"));
        Admitted(await _fixture.DecideAsync($"{App}@{many[^1].Item1}"));
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"{App}@{_amd}"));
    }

    /// <summary>Attack: of the index on the node the runtime takes another image than the signed one, as it may where both are for this platform.</summary>
    [Fact]
    public async Task Platform_IndexItselfIsOnTheNode_IsNoneOfTheSignedImage()
    {
        VerifyPlatform();
        _fixture.Registry.SignLegacy(App, _amd, GateFixture.Key);
        var evil = Digest.Of("evil config"u8).ToString();
        ImageName[] names = [new(GateFixture.Tagged, _index), new($"{App}@{_index}", _index), new(evil, _index)];
        foreach (var _ in (bool[])[false, true])
        {
            Assert.False((await _fixture.StatusAsync(GateFixture.Tagged, evil, names)).IsShown);
            foreach (var written in (string?[])[GateFixture.Tagged, names[1].Name, null])
            {
                var denied = Assert.IsType<Decision.Denied>(await _fixture.ContainerAsync(written, evil, null, names));
                Assert.Contains($"Only the image {_amd} of the index", denied.Message, StringComparison.Ordinal);
            }

            // The runtime's own pull of the index chooses by itself as well.
            Assert.IsType<Decision.Denied>(await _fixture.Gate.JudgeRuntimePullAsync(GateFixture.Tagged, _index, CancellationToken.None));
            Assert.Equal(_amd, Admitted(await _fixture.DecideAsync($"{App}@{_index}")).Image.Digest);
        }
    }

    /// <summary>Attack: the signed index is recalled by its digest, so what it lists is asked for instead.</summary>
    [Fact]
    public async Task Child_OfASignedIndexThatIsDeniedByDigest_IsDenied()
    {
        _fixture.Registry.SignLegacy(App, _index, GateFixture.Key);
        Admitted(await _fixture.DecideAsync(GateFixture.Tagged));
        Deny(_index);
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync($"{App}@{_amd}"));
        Deny(_arm);
        Admitted(await _fixture.DecideAsync($"{App}@{_amd}"));
    }

    /// <summary>Attack: the image that is recalled by its digest is still in the signed index, and the runtime would take it from there.</summary>
    [Fact]
    public async Task Index_WhoseImageForThisNodeIsDeniedByDigest_IsDenied()
    {
        _fixture.Registry.SignLegacy(App, _index, GateFixture.Key);
        Deny(_amd);
        foreach (var _ in (bool[])[false, true])
        {
            Assert.Equal(DecisionReason.DeniedByRule, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
        }

        Deny(_arm);
        Admitted(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    private void Deny(Digest digest) => _fixture.Policies.Replace(GateFixture.Load(Policy($$"""
          - {name: org, images: ["reg.example/org/**"], require: {anyOf: [release]} }
          - {name: bad, images: ["reg.example/org/app@{{digest}}"], deny: {reason: "bad"} }
        """)));

    private static string Policy(string rules) => GateFixture.Document("enforce", "deny", rules);

    private static Decision.Admitted Admitted(Decision decision) => Assert.IsType<Decision.Admitted>(decision);

    private void VerifyPlatform() => _fixture.Policies.Replace(GateFixture.Load(
        Policy("  - {name: org, images: [\"reg.example/org/**\"], platform: verify, require: {anyOf: [release]}}")));
}
