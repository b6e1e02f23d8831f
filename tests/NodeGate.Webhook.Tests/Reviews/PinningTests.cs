using System.Text.Json.Nodes;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Reviews;

public sealed class PinningTests : IDisposable
{
    private const string App = "reg.example/org/app:1";

    private readonly ReviewFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("nginx", "nginx:latest")]
    [InlineData("nginx:1.27", "nginx:1.27")]
    [InlineData("org/app", "org/app:latest")]
    [InlineData("localhost:5000", "localhost:5000")]
    [InlineData("localhost:5000/app", "localhost:5000/app:latest")]
    [InlineData("host.example:5000/app:2", "host.example:5000/app:2")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest")]
    [InlineData("GHCR.io/org/app", "GHCR.io/org/app:latest")]
    public void Pin_TextWithoutDigest_KeepsWhatWasWritten(string text, string kept)
    {
        var digest = Digest.Of("x"u8);

        var pinned = ImageTexts.Pin(text, digest);

        Assert.Equal($"{kept}@{digest}", pinned);
        Assert.Equal(ImageReference.Parse(text).WithDigest(digest), ImageReference.Parse(pinned));
    }

    [Fact]
    public void Pin_LongestReference_IsStillOne()
    {
        var text = $"reg.example/{new string('a', OciLimits.MaxNameLength - 12)}:{new string('t', OciLimits.MaxTagLength)}";
        var digest = Digest.Of("x"u8, DigestAlgorithm.Sha512);

        Assert.Equal(ImageReference.Parse(text).WithDigest(digest), ImageReference.Parse(ImageTexts.Pin(text, digest)));
    }

    [Theory]
    [InlineData(PinMode.All, true, true)]
    [InlineData(PinMode.Pods, true, false)]
    [InlineData(PinMode.None, false, false)]
    public async Task Review_PinMode_ChangesPodsAndWorkloads(PinMode pin, bool pods, bool workloads)
    {
        _fixture.Options = new ReviewOptions { Pin = pin };
        _fixture.PushSigned("reg.example/org/app", "1");

        Assert.Equal(pods ? 1 : 0, (await _fixture.MutateAsync(Review.OfPod(App))).Changes().Length);
        Assert.Equal(workloads ? 1 : 0, (await _fixture.MutateAsync(Review.OfDeployment(App))).Changes().Length);
    }

    [Fact]
    public async Task Review_Validate_NeverChanges()
    {
        _fixture.PushSigned("reg.example/org/app", "1");
        var response = await _fixture.ValidateAsync(Review.OfPod(App));

        response.AssertAllowed();
        Assert.Empty(response.Patch());
    }

    [Fact]
    public async Task Review_TextWithDigest_StaysAsItIs()
    {
        var digest = _fixture.PushSigned("reg.example/org/app", "1");
        var response = await _fixture.MutateAsync(Review.OfPod($"{App}@{digest}", $"reg.example/org/app@{digest}"));

        response.AssertAllowed();
        Assert.Empty(response.Patch());
    }

    [Fact]
    public async Task Review_OneRefusedImage_PinsNoneOfTheOthers()
    {
        _fixture.PushSigned("reg.example/org/app", "1");

        (await _fixture.MutateAsync(Review.OfPod(App, "reg.example/never/app:1"))).AssertRefused(403);
    }

    [Fact]
    public async Task Review_StaticAllow_IsNotPinnedAndAsksNobody()
    {
        var response = await _fixture.MutateAsync(Review.OfPod("reg.example/free/app:1"));

        response.AssertAllowed();
        Assert.Empty(response.Patch());
        Assert.Empty(_fixture.Registry.Requests);
        Assert.Empty(_fixture.Credentials.Asked);
    }

    [Fact]
    public async Task Review_TagPushedAgain_PinsWhatWasJudgedEachTime()
    {
        var first = _fixture.PushSigned("reg.example/org/app", "1");
        Assert.Equal([$"/spec/containers/0/image {App}@{first}"], (await _fixture.MutateAsync(Review.OfPod(App))).Changes());

        var second = _fixture.Registry.PushImage("1", "another");
        (await _fixture.MutateAsync(Review.OfPod(App))).AssertRefused(403);
        (await _fixture.MutateAsync(Review.OfPod($"{App}@{first}"))).AssertAllowed();
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Review_Index_IsPinnedAsTheIndex()
    {
        var child = _fixture.Registry.PushImage("child");
        var index = _fixture.Registry.PushIndex("1", (child, "linux/amd64"), (_fixture.Registry.PushImage("other", "other"), "linux/arm64"));
        _fixture.Registry.SignLegacy("reg.example/org/app", index, GateFixture.Key);

        Assert.Equal([$"/spec/containers/0/image {App}@{index}"], (await _fixture.MutateAsync(Review.OfPod(App))).Changes());
    }

    [Fact]
    public async Task Review_PlatformThatIsSignedAlone_IsPinnedAsTheIndex()
    {
        using var fixture = new ReviewFixture(GateFixture.Document("enforce", "deny", """
              - {name: org, images: ["reg.example/org/**"], platform: verify, require: {anyOf: [release]}}
            """));
        var child = fixture.Registry.PushImage("child");
        var own = fixture.Gate.Options.Platform;
        var index = fixture.Registry.PushIndex("1", (child, own.Variant is null ? $"{own.Os}/{own.Architecture}" : $"{own.Os}/{own.Architecture}/{own.Variant}"));
        fixture.Registry.SignLegacy("reg.example/org/app", child, GateFixture.Key);

        Assert.Equal([$"/spec/containers/0/image {App}@{index}"], (await fixture.MutateAsync(Review.OfPod(App))).Changes());
    }

    [Fact]
    public async Task Review_RuleThatRequiresDigests_IsSatisfiedByPinning()
    {
        var policy = GateFixture.Document("enforce", "deny", """
              - {name: org, images: ["reg.example/org/**"], requireDigest: true, require: {anyOf: [release]}}
            """);
        using var fixture = new ReviewFixture(policy);
        var digest = fixture.PushSigned("reg.example/org/app", "1");

        Assert.Equal([$"/spec/containers/0/image {App}@{digest}"], (await fixture.MutateAsync(Review.OfPod(App))).Changes());
        fixture.Options = new ReviewOptions { Pin = PinMode.None };
        Assert.Contains("DigestRequired (rule 'org')", (await fixture.MutateAsync(Review.OfPod(App))).AssertRefused(403), StringComparison.Ordinal);
    }

    /// <summary>What reaches the node by tag is refused there: so is it here, where only the mutating webhook was taken away.</summary>
    [Theory]
    [InlineData(PinMode.Pods, "Pod", true)]
    [InlineData(PinMode.All, "Pod", true)]
    [InlineData(PinMode.Pods, "Deployment", false)]
    [InlineData(PinMode.All, "Deployment", true)]
    public async Task Validate_TagThatNobodyPinsAnyMore_IsRefusedUnderRequireDigest(PinMode pin, string kind, bool isRefused)
    {
        using var fixture = new ReviewFixture(GateFixture.Document("enforce", "deny", """
              - {name: org, images: ["reg.example/org/**"], requireDigest: true, require: {anyOf: [release]}}
            """));
        fixture.PushSigned("reg.example/org/app", "1");
        fixture.Options = new ReviewOptions { Pin = pin };

        var response = await fixture.ValidateAsync(kind == "Pod" ? Review.OfPod(App) : Review.OfDeployment(App));

        if (isRefused)
        {
            Assert.Contains("DigestRequired (rule 'org')", response.AssertRefused(403), StringComparison.Ordinal);
        }
        else
        {
            response.AssertAllowed();
        }
    }

    [Fact]
    public async Task Review_DigestUnderAStricterRuleThanTheTag_IsNotPinnedAndSaysSo()
    {
        // A node sees repo:1@digest, which the tag rule does not cover.
        using var fixture = new ReviewFixture(GateFixture.Document("enforce", "deny", """
              - {name: tagged, images: ["reg.example/org/app:1"], require: {anyOf: [release]}}
              - {name: rest, images: ["reg.example/org/**"], require: {allOf: [release, other]}}
            """));
        fixture.PushSigned("reg.example/org/app", "1");

        var response = await fixture.MutateAsync(Review.OfPod(App));

        response.AssertAllowed();
        Assert.Empty(response.Patch());
        Assert.StartsWith(
            $"nodegate: not pinned: spec.containers[0].image: {App}: nodes would refuse its digest: SignatureInvalid: ", Assert.Single(response.Warnings()), StringComparison.Ordinal);
        Assert.Equal([App], fixture.Gate.Records.Select(r => r.Image));
    }

    [Fact]
    public async Task Review_DigestUnderARuleThatAdmitsItToo_IsPinned()
    {
        using var fixture = new ReviewFixture(GateFixture.Document("enforce", "deny", """
              - {name: tagged, images: ["reg.example/org/app:1"], require: {anyOf: [release]}}
              - {name: rest, images: ["reg.example/org/**"], require: {anyOf: [release, other]}}
            """));
        var digest = fixture.PushSigned("reg.example/org/app", "1");

        var response = await fixture.MutateAsync(Review.OfPod(App));

        Assert.Equal([$"/spec/containers/0/image {App}@{digest}"], response.Changes());
        Assert.Empty(response.Warnings());
        Assert.Equal([App], fixture.Gate.Records.Select(r => r.Image));
    }

    [Fact]
    public async Task Review_SignatureThatNamesItsTag_IsPinnedToWhatANodeAdmits()
    {
        var image = _fixture.Registry.PushImage("1");
        _fixture.Registry.SignLegacy(App, image, GateFixture.Key);

        Assert.Equal([$"/spec/containers/0/image {App}@{image}"], (await _fixture.MutateAsync(Review.OfPod(App))).Changes());
        Assert.IsType<Decision.Admitted>(await _fixture.Gate.DecideAsync($"{App}@{image}", "prod"));
    }

    [Fact]
    public async Task Review_TwoPathsToOnePlace_ChangeItOnce()
    {
        using var fixture = new ReviewFixture(
            null, PinMode.All, ReviewFixture.Rollout with { Images = [ReviewFixture.Path("$.spec.template.spec.containers[*].image")] }, ReviewFixture.Rollout);
        fixture.PushSigned("reg.example/org/app", "1");
        var review = Review.Of("argoproj.io", "v1alpha1", "Rollout", new JsonObject { ["template"] = new JsonObject { ["spec"] = Review.PodSpec(App) } });

        Assert.Single((await fixture.MutateAsync(review)).Changes());
    }

    [Fact]
    public async Task Review_ConfiguredPathsWithOddNames_AreEscapedInThePatch()
    {
        using var fixture = new ReviewFixture(
            null, PinMode.All, new ResourceImages("example.org", "Widget", [], [ReviewFixture.Path("$.spec['a/b~c'][*].image"), ReviewFixture.Path("$.spec.only[1]")]));
        var digest = fixture.PushSigned("reg.example/org/app", "1");
        var review = Review.Of("example.org", "v1", "Widget", JsonNode.Parse($$$"""
            {"a/b~c": {"~1": {"image": "{{{App}}}"}, "": {"image": "{{{App}}}"}, "é\n": {"image": "{{{App}}}"}}, "only": ["{{{App}}}", "{{{App}}}", 3]}
            """)!);

        var response = await fixture.MutateAsync(review);

        Assert.Equal(["/spec/a~1b~0c/~01/image", "/spec/a~1b~0c//image", "/spec/a~1b~0c/é\n/image", "/spec/only/1"], response.Changes().Select(c => c[..c.IndexOf(" reg", StringComparison.Ordinal)]));
        var after = PatchedObject.Apply(review.Object(), response.Patch());
        Assert.Equal(4, PatchedObject.Differences(review.Object(), after).Count());
        Assert.Equal($"{App}@{digest}", (string?)after["spec"]!["a/b~c"]!["~1"]!["image"]);
    }
}
