using System.Text.Json.Nodes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>A tag becomes the digest that was judged, and what the tag does afterwards is nobody's business any more.</summary>
[Collection(WebhookDefinition.Name)]
public sealed class PinningTests(WebhookWorld world)
{
    private static readonly CriPod Pod = new("web", "prod");

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_SignedTag_ChangesTheImageAndNothingElse()
    {
        var images = await world.ImagesAsync();
        var webhook = await world.PinningAsync();
        var review = Review.OfPod(images.Signed.ByTag, images.Free.ByTag, images.Signed.ByTag, images.Index.ByDigest);

        var answer = await webhook.MutateAsync(review);

        Assert.True(answer.Allowed, answer.Message);
        var expected = review.Object.DeepClone().AsObject();
        foreach (var at in new[] { 0, 2 })
        {
            expected["spec"]!["containers"]![at]!["image"] = images.Signed.ByBoth;
        }

        // What the API server then has is the author's object byte for byte, but for these two texts.
        Assert.Equal(expected.ToJsonString(), answer.ApplyTo(review.Object).ToJsonString());
        Assert.Equal(2, answer.Patch.Count);
        Assert.Empty(answer.Warnings);
        // Asked again, as after another webhook's change, it has nothing left to do; and the last word is the same.
        var pinned = review with { Object = answer.ApplyTo(review.Object) };
        Assert.Empty((await webhook.MutateAsync(pinned)).Patch);
        Assert.True((await webhook.ValidateAsync(pinned)).Allowed);
    }

    [RealPartFact("root", "containerd-2.1", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_TagMovedToUnsignedImageAfterwards_StillRunsWhatWasJudged()
    {
        var images = await world.ImagesAsync();
        var node = await world.NodeAsync();
        var webhook = await world.PinningAsync();
        var image = await images.PushAsync("signed", images.Key);
        var pinned = Image(await webhook.MutateAsync(Review.OfPod(image.ByTag)));
        Assert.Equal(image.ByBoth, pinned);

        var smuggled = await Crane.MakeBusyboxImageAsync(image.ByTag, new ImageRecipe { Seed = "of an attacker" });

        Assert.NotEqual(image.Digest, smuggled);
        using var cri = node.Gate.Cri();
        var imageRef = await cri.PullImageAsync(pinned, Pod);
        Assert.Equal([image.ByDigest], (await cri.ImageStatusAsync(imageRef))!.RepoDigests);
        // The tag itself is refused from now on, by both.
        Assert.Contains("NoSignature", (await cri.TryPullImageAsync(image.ByTag, Pod)).StatusMessage, StringComparison.Ordinal);
        Assert.Contains("NoSignature", (await webhook.MutateAsync(Review.OfPod(image.ByTag))).Message, StringComparison.Ordinal);
        // What was pinned before goes on being admitted, for it names no tag that counts.
        Assert.True((await webhook.ValidateAsync(Review.OfPod(pinned))).Allowed);
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_ManyReviewsOfOneTagAtOnce_GiveOneDigest()
    {
        const int Reviews = 50;
        var images = await world.ImagesAsync();
        var image = await images.PushAsync("signed", images.Key);
        var webhook = await world.PinningAsync();

        var two = await Task.WhenAll(webhook.MutateAsync(Review.OfPod(image.ByTag)), webhook.MutateAsync(Review.OfPod(image.ByTag)));
        var many = await Task.WhenAll(Enumerable.Range(0, Reviews).Select(_ => webhook.MutateAsync(Review.OfPod(image.ByTag))));

        Assert.Equal([image.ByBoth], two.Concat(many).Select(Image).Distinct());
    }

    [RealPartFact("root", "containerd-2.1", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_DigestRequired_IsWhatTheNodeProvesTheWebhookBy()
    {
        var images = await world.ImagesAsync();
        var node = await world.NodeAsync();
        using var cri = node.Gate.Cri();
        var tag = images.DigestRequired.ByTag;

        // A pod that did not pass the webhook.
        var past = await cri.TryPullImageAsync(tag, Pod);
        Assert.Equal(2, past.Status);
        Assert.StartsWith($"SignatureValidationFailed: {tag}: DigestRequired: ", past.StatusMessage, StringComparison.Ordinal);

        var pinned = Image(await (await world.PinningAsync()).MutateAsync(Review.OfPod(tag)));

        Assert.Equal(images.DigestRequired.ByBoth, pinned);
        await cri.PullImageAsync(pinned, Pod);
        // A tag that is left when all have pinned is refused as on the node; a workload's is pinned in its pods.
        var left = await (await world.PinningAsync()).ValidateAsync(Review.OfPod(tag));
        Assert.Equal(403, left.Code);
        Assert.Contains("DigestRequired", left.Message, StringComparison.Ordinal);
        var workload = await (await world.PinningAsync()).ValidateAsync(Workloads.Of("deployments", Workloads.PodSpec(tag)));
        Assert.True(workload.Allowed, workload.Message);
        // Where the webhook does not pin at all, it says what the node would.
        var refused = await (await world.JudgingAsync()).ValidateAsync(Review.OfPod(tag));
        Assert.Equal(403, refused.Code);
        Assert.Contains("DigestRequired", refused.Message, StringComparison.Ordinal);
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_EphemeralContainer_OnlyTheNewOneIsJudgedAndPinned()
    {
        var images = await world.ImagesAsync();
        var webhook = await world.PinningAsync();
        // The pod runs since before there was a webhook: its own image would be refused today.
        var running = Review.OfPod(images.Unsigned.ByTag);
        Review Debugged(string image)
        {
            var changed = running.Object.DeepClone().AsObject();
            changed["spec"]!["ephemeralContainers"] = new JsonArray(new JsonObject { ["name"] = "debugger", ["image"] = image });
            return running.ChangedTo(changed) with { SubResource = "ephemeralcontainers" };
        }

        var signed = await webhook.MutateAsync(Debugged(images.Signed.ByTag));
        var unsigned = await webhook.MutateAsync(Debugged(images.WrongKey.ByTag));

        Assert.True(signed.Allowed, signed.Message);
        var operation = Assert.Single(signed.Patch);
        Assert.Equal(("/spec/ephemeralContainers/0/image", images.Signed.ByBoth), ((string?)operation!["path"], (string?)operation["value"]));
        Assert.Equal(403, unsigned.Code);
        Assert.StartsWith("spec.ephemeralContainers[0].image: " + images.WrongKey.ByTag, unsigned.Message, StringComparison.Ordinal);
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_CronJob_IsJudgedAlwaysAndPinnedOnlyWhereAllIs()
    {
        var images = await world.ImagesAsync();
        await using var all = await world.StartAsync(", pin: all");
        var review = Workloads.Of("cronjobs", Workloads.PodSpec(images.Signed.ByTag));

        var kept = await (await world.PinningAsync()).MutateAsync(review);
        var pinned = await all.MutateAsync(review);

        Assert.True(kept.Allowed, kept.Message);
        Assert.Empty(kept.Patch);
        var operation = Assert.Single(pinned.Patch);
        Assert.Equal(
            ("/spec/jobTemplate/spec/template/spec/containers/0/image", images.Signed.ByBoth), ((string?)operation!["path"], (string?)operation["value"]));
        // `/validate` never changes anything.
        Assert.Empty((await all.ValidateAsync(review)).Patch);
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_DryRun_IsAnsweredTheSameAndLeavesNoRecord()
    {
        var images = await world.ImagesAsync();
        await using var webhook = await world.StartAsync();
        var records = webhook.AuditLines().Count;

        var signed = await webhook.MutateAsync(Review.OfPod(images.Signed.ByTag) with { DryRun = true });
        var unsigned = await webhook.ValidateAsync(Review.OfPod(images.Unsigned.ByTag) with { DryRun = true });

        Assert.Equal(images.Signed.ByBoth, Image(signed));
        Assert.Equal(403, unsigned.Code);
        Assert.Equal(records, webhook.AuditLines().Count);
        await webhook.ValidateAsync(Review.OfPod(images.Unsigned.ByTag));
        Assert.Equal(records + 1, webhook.AuditLines().Count);
    }

    private static string Image(Answer answer) => (string)Assert.Single(answer.Patch)!["value"]!;
}
