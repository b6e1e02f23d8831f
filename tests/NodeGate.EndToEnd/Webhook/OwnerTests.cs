using System.Text.Json.Nodes;
using NodeGate.EndToEnd.Manifests;
using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>Pods of an owner that was judged: the API server is asked whether there is one, with the rights of the shipped component.</summary>
[Collection(WebhookDefinition.Name)]
public sealed class OwnerTests(WebhookWorld world)
{
    [RealPartFact("root", "kubectl", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Validate_PodOfAnOwner_IsAdmittedUnjudgedOnlyWhereTheOwnerIsFoundWithItsImages()
    {
        var images = await world.ImagesAsync();
        await using var api = await ApiServer.StartAsync();
        var granted = Rights.Of(await Kustomization.OnTopAsync("cert-manager", "owners"));
        api.Allows = granted.Allow;
        // It was made while there was no webhook; its pods go on being made.
        var owner = Workloads.Of("replicasets", Workloads.PodSpec(images.Unsigned.ByDigest)).Object;
        owner["metadata"]!["namespace"] = "prod";
        var uid = (string)api.AddWorkload(owner.ToJsonString())["metadata"]!["uid"]!;
        await using var folder = TestFolder.Create();
        await using var webhook = await WebhookProcess.StartAsync(InCluster.Setup(api, folder, images.Policy));

        Assert.True((await webhook.ValidateAsync(PodOf(uid, images.Unsigned.ByDigest))).Allowed);
        // Somebody else's UID, another image, a tag that is still to be pinned: each is judged for itself.
        Assert.Equal(403, (await webhook.ValidateAsync(PodOf(Guid.NewGuid().ToString(), images.Unsigned.ByDigest))).Code);
        Assert.Equal(403, (await webhook.ValidateAsync(PodOf(uid, images.WrongKey.ByDigest))).Code);
        Assert.Equal(403, (await webhook.ValidateAsync(PodOf(uid, images.Unsigned.ByTag))).Code);

        // Without the component nobody is asked in vain, and nothing is let in.
        api.Allows = Rights.Of(await Kustomization.OfAsync("cert-manager")).Allow;
        await using var without = await WebhookProcess.StartAsync(InCluster.Setup(api, folder, images.Policy));
        Assert.Equal(403, (await without.ValidateAsync(PodOf(uid, images.Unsigned.ByDigest))).Code);
    }

    private static Review PodOf(string uid, string image)
    {
        var review = Review.OfPod(image);
        review.Object["metadata"]!["ownerReferences"] = new JsonArray(
            new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "ReplicaSet", ["name"] = "web", ["uid"] = uid, ["controller"] = true });
        return review;
    }
}
