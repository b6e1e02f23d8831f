using System.Text.Json.Nodes;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Reviews;

/// <summary>Children of an object that was judged. What they are told by would be refused if it were judged again, so that one sees which it was.</summary>
public sealed class OwnedObjectTests : IDisposable
{
    private const string Never = "reg.example/never/app:1";
    private const string Uid = "8d3f7c1e-0000-4000-a000-000000000001";

    private static readonly string Pinned = $"reg.example/never/app:1@sha256:{new string('a', 64)}";

    private readonly ReviewFixture _fixture = new();

    public OwnedObjectTests() => _fixture.Owners.Objects[("prod", Uid)] = Review.OfDeployment(Pinned, Never).Object().ToJsonString();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Review_OwnerWithTheSameImages_IsNotJudgedAgain()
    {
        (await _fixture.MutateAsync(Review.OfPod(Pinned).OwnedBy("apps/v1", "Deployment", Uid))).AssertAllowed();

        Assert.Empty(_fixture.Gate.Records);
        var asked = Assert.Single(_fixture.Owners.Asked);
        Assert.Equal(("apps/v1", "Deployment", "owner", Uid), (asked.ApiVersion, asked.Kind, asked.Name, asked.Uid));
    }

    [Fact]
    public async Task Review_OwnerWithoutOneOfTheImages_IsJudged() =>
        (await _fixture.MutateAsync(Review.OfPod(Pinned, Pinned.Replace("app", "other", StringComparison.Ordinal)).OwnedBy("apps/v1", "Deployment", Uid))).AssertRefused(403);

    [Fact]
    public async Task Review_OwnerThatIsNotThere_IsJudged() =>
        (await _fixture.MutateAsync(Review.OfPod(Pinned).OwnedBy("apps/v1", "Deployment", "another-uid"))).AssertRefused(403);

    [Fact]
    public async Task Review_OwnerInAnotherNamespace_IsJudged() =>
        (await _fixture.MutateAsync(Review.OfPod(Pinned).OwnedBy("apps/v1", "Deployment", Uid).With(r => r["namespace"] = "other"))).AssertRefused(403);

    [Theory]
    [InlineData("apps/v1", "Deployment", false)]
    [InlineData("v1", "Node", true)]
    [InlineData("v1", "ConfigMap", true)]
    [InlineData("argoproj.io/v1alpha1", "Rollout", true)]
    [InlineData("apps/v2", "Deployment", true)]
    [InlineData("example.org/apps/v1", "Deployment", true)]
    public async Task Review_OwnerThatIsNoControllerOfABuiltInKind_IsNotEvenAskedFor(string apiVersion, string kind, bool isController)
    {
        (await _fixture.MutateAsync(Review.OfPod(Pinned).OwnedBy(apiVersion, kind, Uid, isController))).AssertRefused(403);

        Assert.Empty(_fixture.Owners.Asked);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("[3, null, {\"controller\": \"true\"}]")]
    [InlineData("[{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"name\": \"owner\", \"controller\": true}]")]
    [InlineData("[{\"apiVersion\": \"apps/v1\", \"kind\": 3, \"name\": \"owner\", \"uid\": \"x\", \"controller\": true}]")]
    public async Task Review_MalformedOwners_AreNone(string references)
    {
        var review = Review.OfPod(Pinned).With(r => r["object"]!["metadata"]!["ownerReferences"] = JsonNode.Parse(references));

        (await _fixture.MutateAsync(review)).AssertRefused(403);
        Assert.Empty(_fixture.Owners.Asked);
    }

    [Fact]
    public async Task Review_TwoControllers_AreNone()
    {
        var review = Review.OfPod(Pinned).OwnedBy("apps/v1", "Deployment", Uid);
        var references = review.Object()["metadata"]!["ownerReferences"]!.AsArray();
        references.Add(references[0]!.DeepClone());

        (await _fixture.MutateAsync(review)).AssertRefused(403);
        Assert.Empty(_fixture.Owners.Asked);
    }

    [Theory]
    [InlineData(PinMode.Pods, true, true)]
    [InlineData(PinMode.Pods, false, false)]
    [InlineData(PinMode.All, false, true)]
    [InlineData(PinMode.None, true, false)]
    public async Task Review_TagThatIsStillToBePinned_IsJudged(PinMode pin, bool isPod, bool isJudged)
    {
        _fixture.Options = new ReviewOptions { Pin = pin };
        var review = (isPod ? Review.OfPod(Never) : Review.OfDeployment(Never)).OwnedBy("apps/v1", "Deployment", Uid);

        Assert.Equal(!isJudged, (await _fixture.MutateAsync(review)).Allowed());
        Assert.Equal(isJudged ? 0 : 1, _fixture.Owners.Asked.Count);
    }

    [Fact]
    public async Task Review_OwnerThatCannotBeRead_IsNoOwner()
    {
        _fixture.Owners.Objects[("prod", Uid)] = Review.OfDeployment(Pinned).With(r => r["object"]!["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Add(new JsonObject { ["image"] = 3 })).Object().ToJsonString();

        (await _fixture.MutateAsync(Review.OfPod(Pinned).OwnedBy("apps/v1", "Deployment", Uid))).AssertRefused(403);
    }

    [Fact]
    public async Task Review_ApiServerThatHangs_IsJudgedInTheOtherHalfOfTheTime()
    {
        _fixture.Owners.IsSilent = true;
        var reviewing = _fixture.MutateAsync(Review.OfPod(Pinned).OwnedBy("apps/v1", "Deployment", Uid));
        _fixture.Gate.Time.Advance(ReviewFixture.Deadline / 2);

        Assert.Contains("DeniedByRule", (await reviewing).AssertRefused(403), StringComparison.Ordinal);
    }
}
