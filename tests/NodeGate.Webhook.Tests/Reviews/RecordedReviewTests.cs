using NodeGate.Policy;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Recorded;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Reviews;

/// <summary>Whole reviews of every kind, through the real gate: which images are judged, and what is changed.</summary>
public sealed class RecordedReviewTests
{
    private const string Two = "/containers/0/image app:1, /containers/1/image proxy:2";
    private const string Init = "/initContainers/0/image init:3, ";

    /// <summary>Where the images to be judged stand in each review; empty: it is allowed unread, or nothing changed.</summary>
    private static readonly Dictionary<string, (string Base, string Images)> Expected = new(StringComparer.Ordinal)
    {
        ["pod-create"] = ("/spec", Init + Two),
        ["pod-create-dry-run"] = ("/spec", "/containers/0/image app:1"),
        ["pod-create-unknown-fields"] = ("/spec", "/containers/0/image app:1"),
        ["pod-create-by-replicaset"] = ("/spec", Init + Two),
        ["pod-update"] = ("/spec", "/containers/1/image proxy:4"),
        ["pod-ephemeralcontainers"] = ("/spec", "/ephemeralContainers/0/image debug:5"),
        ["pod-resize"] = ("/spec", ""),
        ["pod-status"] = ("/spec", ""),
        ["pod-delete"] = ("/spec", ""),
        ["pod-image-volume"] = ("/spec", "/containers/0/image app:1, /volumes/0/image/reference model:6"),
        ["deployment-create"] = ("/spec/template/spec", Init + Two),
        ["deployment-update"] = ("/spec/template/spec", "/containers/0/image app:7"),
        ["deployment-scale"] = ("/spec", ""),
        ["replicaset-create"] = ("/spec/template/spec", Init + Two),
        ["statefulset-create"] = ("/spec/template/spec", Init + "/containers/0/image app:1"),
        ["daemonset-create"] = ("/spec/template/spec", Two),
        ["replicationcontroller-create"] = ("/spec/template/spec", Two),
        ["job-create"] = ("/spec/template/spec", Init + "/containers/0/image app:1"),
        ["cronjob-create"] = ("/spec/jobTemplate/spec/template/spec", Init + "/containers/0/image app:1"),
        ["rollout-create"] = ("/spec/template/spec", Init + "/containers/0/image app:1"),
    };

    public static TheoryData<string> Names => [.. RecordedReview.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Review_MutatePinsAll_ChangesTheImagesAndNothingElse(string name)
    {
        using var fixture = new ReviewFixture(pin: PinMode.All, resources: ReviewFixture.Rollout);
        var digests = fixture.PushRecorded();
        var review = RecordedReview.Tree(name);

        var response = await fixture.ReviewAsync(ReviewMode.Mutate, RecordedReview.Read(name));

        response.AssertAllowed();
        Assert.Empty(response.Warnings());
        var expected = ExpectedImages(name).Select(image => $"{image.Pointer}: {image.Text} -> {image.Text}@{digests[image.Text]}");
        var before = review["request"]!["object"];
        var after = before is null ? null : PatchedObject.Apply(before, response.Patch());
        Assert.Equal(expected.Order(StringComparer.Ordinal), PatchedObject.Differences(before, after).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Review_PatchedObjectAgain_ChangesNothing(string name)
    {
        using var fixture = new ReviewFixture(pin: PinMode.All, resources: ReviewFixture.Rollout);
        fixture.PushRecorded();
        var review = RecordedReview.Tree(name);
        var response = await fixture.MutateAsync(review);
        if (review["request"]!["object"] is { } before)
        {
            review["request"]!["object"] = PatchedObject.Apply(before, response.Patch());
        }

        var again = await fixture.MutateAsync(review);
        var validated = await fixture.ValidateAsync(review);

        again.AssertAllowed();
        Assert.Empty(again.Patch());
        validated.AssertAllowed();
        Assert.Empty(validated.Patch());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Review_UnsignedImages_AreRefusedByPlaceInBothModes(string name)
    {
        using var fixture = new ReviewFixture(pin: PinMode.All, resources: ReviewFixture.Rollout);
        foreach (var tag in "1234567")
        {
            fixture.Registry.PushImage(tag.ToString());
        }

        var images = ExpectedImages(name).ToArray();
        foreach (var mode in (ReviewMode[])[ReviewMode.Mutate, ReviewMode.Validate])
        {
            var response = await fixture.ReviewAsync(mode, RecordedReview.Read(name));

            if (images.Length == 0)
            {
                response.AssertAllowed();
                continue;
            }

            var message = response.AssertRefused(403);
            Assert.All(images, image => Assert.Contains($"{Field(image.Pointer)}: {image.Text}: NoSignature (rule 'org'): ", message, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Review_Record_TellsWhereFrom(string name)
    {
        using var fixture = new ReviewFixture(pin: PinMode.All, resources: ReviewFixture.Rollout);
        fixture.PushRecorded();

        await fixture.ReviewAsync(ReviewMode.Validate, RecordedReview.Read(name));

        var isDryRun = name == "pod-create-dry-run";
        var pod = name switch
        {
            "pod-create-by-replicaset" => "web-7d4b9c6f5d-",
            "replicaset-create" => "ReplicaSet/web-7d4b9c6f5d",
            _ when name.StartsWith("pod", StringComparison.Ordinal) => "web",
            _ => (string?)RecordedReview.Tree(name)["request"]!["kind"]!["kind"] + "/web",
        };
        Assert.Equal(isDryRun ? 0 : ExpectedImages(name).Count(), fixture.Gate.Records.Count);
        Assert.All(fixture.Gate.Records, record => Assert.Equal((DecisionEvent.Admission, "prod", pod), (record.Event, record.Namespace, record.Pod)));
    }

    [Fact]
    public void Expected_Recordings_AreAllOfThem() => Assert.Equal(RecordedReview.Names, Expected.Keys.Order(StringComparer.Ordinal));

    private static IEnumerable<(string Pointer, string Text)> ExpectedImages(string name) => Expected[name].Images
        .Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(image => image.Split(' '))
        .Select(parts => (Expected[name].Base + parts[0], "reg.example/org/" + parts[1]));

    private static string Field(string pointer) => pointer[1..].Replace("/0", "[0]", StringComparison.Ordinal).Replace("/1", "[1]", StringComparison.Ordinal).Replace('/', '.');
}
