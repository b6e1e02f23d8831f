using System.Text.Json.Nodes;
using NodeGate.EndToEnd.Manifests;
using NodeGate.Testing.Kubernetes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>A registry that wants a password, a webhook in a pod, and an API server that has the pull secrets.</summary>
[Collection(WebhookDefinition.Name)]
public sealed class PrivateRegistryTests(WebhookWorld world)
{
    private const string Namespace = "prod-a";

    [RealPartFact("root", "kubectl", "containerd-2.1", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Mutate_PrivateImage_NeedsThePodsOwnPullSecret()
    {
        var images = await world.ImagesAsync();
        await using var api = await ApiServer.StartAsync();
        api.AddPullSecret(Namespace, "regcred", images.PrivateHost, DockerRegistryProcess.UserName, DockerRegistryProcess.Password);
        api.AddPullSecret(Namespace, "wrong", images.PrivateHost, DockerRegistryProcess.UserName, "guessed");
        api.AddServiceAccount(Namespace, "default");
        api.AddServiceAccount(Namespace, "builder", "regcred");
        api.Allows = Rights.Of(await Kustomization.OfAsync("components/pull-secrets/namespace"), Namespace).Allow;
        await using var folder = TestFolder.Create();
        await using var webhook = await WebhookProcess.StartAsync(InCluster.Setup(api, folder, images.Policy));

        var none = await webhook.MutateAsync(Asking(images));
        var wrong = await webhook.MutateAsync(Asking(images, secrets: ["wrong"]));
        var byPod = await webhook.MutateAsync(Asking(images, secrets: ["wrong", "regcred"]));
        var byAccount = await webhook.MutateAsync(Asking(images, account: "builder"));

        Assert.All(new[] { none, wrong }, answer =>
        {
            Assert.Equal(503, answer.Code);
            Assert.Contains($"{images.Private.ByTag}: Unauthorized", answer.Message, StringComparison.Ordinal);
        });
        Assert.All(new[] { byPod, byAccount }, answer => Assert.Equal(images.Private.ByBoth, (string?)Assert.Single(answer.Patch)!["value"]));
        // No secret of a name that nobody gave, and none of another namespace.
        Assert.All(
            api.Requests.Where(request => request.Contains("/secrets", StringComparison.Ordinal)),
            request => Assert.Contains($"get api/v1/namespaces/{Namespace}/secrets/", request, StringComparison.Ordinal));

        // The node takes what was pinned, with the same credentials, as the kubelet hands them over.
        using var cri = (await world.NodeAsync()).Gate.Cri();
        await cri.PullImageAsync(images.Private.ByBoth, new CriPod("web", Namespace), DockerRegistryProcess.UserName, DockerRegistryProcess.Password);
        Assert.DoesNotContain(DockerRegistryProcess.Password, webhook.Log() + await File.ReadAllTextAsync(webhook.AuditFile), StringComparison.Ordinal);
        Assert.DoesNotContain("guessed", webhook.Log() + await File.ReadAllTextAsync(webhook.AuditFile), StringComparison.Ordinal);
    }

    [RealPartFact("root", "kubectl", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Validate_SecretsNotGranted_RefusalSaysWhichRightIsMissing()
    {
        var images = await world.ImagesAsync();
        await using var api = await ApiServer.StartAsync();
        api.AddPullSecret(Namespace, "regcred", images.PrivateHost, DockerRegistryProcess.UserName, DockerRegistryProcess.Password);
        api.Allows = Rights.Of(await Kustomization.OfAsync("components/pull-secrets/namespace"), "another").Allow;
        await using var folder = TestFolder.Create();
        await using var webhook = await WebhookProcess.StartAsync(InCluster.Setup(api, folder, images.Policy));

        var answer = await webhook.ValidateAsync(Asking(images, secrets: ["regcred"]));
        var other = await webhook.ValidateAsync(Review.OfPod(images.Signed.ByTag) with { Namespace = Namespace });

        Assert.Equal(503, answer.Code);
        Assert.Contains("Unauthorized", answer.Message, StringComparison.Ordinal);
        Assert.Contains("regcred", answer.Message, StringComparison.Ordinal);
        Assert.Contains("get", answer.Message, StringComparison.Ordinal);
        // What needs no secret does not suffer.
        Assert.True(other.Allowed, other.Message);
    }

    private static Review Asking(WebhookImages images, string account = "default", params string[] secrets)
    {
        var review = Review.OfPod(images.Private.ByTag) with { Namespace = Namespace };
        review.Object["spec"]!["serviceAccountName"] = account;
        review.Object["spec"]!["imagePullSecrets"] = new JsonArray([.. secrets.Select(name => new JsonObject { ["name"] = name })]);
        return review;
    }
}
