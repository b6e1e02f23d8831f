using System.Diagnostics;
using System.Text.Json.Nodes;
using NodeGate.EndToEnd.Manifests;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>What is not let in, what its author reads, and that the answer comes in time.</summary>
[Collection(WebhookDefinition.Name)]
public sealed class RefusalTests(WebhookWorld world)
{
    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Validate_SeveralImagesUnsigned_NamesPlaceImageRuleReasonAndFixOfEach()
    {
        var images = await world.ImagesAsync();
        var webhook = await world.PinningAsync();

        var answer = await webhook.ValidateAsync(Review.OfPod(images.Signed.ByTag, images.Unsigned.ByTag, images.Never.ByTag));

        Assert.Equal((false, 403), (answer.Allowed, answer.Code));
        var lines = answer.Message.Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Contains($"spec.containers[1].image: {images.Unsigned.ByTag}: NoSignature (rule 'signed'): ", lines[1], StringComparison.Ordinal);
        Assert.Contains($"spec.containers[2].image: {images.Never.ByTag}: DeniedByRule (rule 'never'): ", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain(images.Signed.Repository, answer.Message, StringComparison.Ordinal);
        // The same failure gives the same bytes.
        Assert.Equal(answer.Message, (await webhook.ValidateAsync(Review.OfPod(images.Signed.ByTag, images.Unsigned.ByTag, images.Never.ByTag))).Message);
    }

    [RealPartFact("kubectl", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Validate_EachKindThatTheShippedRulesName_IsReadAndRefused()
    {
        var images = await world.ImagesAsync();
        var webhook = await world.PinningAsync();
        var rules = (await Kustomization.OfAsync("base")).One("ValidatingWebhookConfiguration").Items("webhooks.0.rules");
        var resources = rules.SelectMany(rule => Manifest.TextsOf(rule["resources"])).ToList();
        Assert.Equal(Workloads.Kinds.Keys.Append("pods/ephemeralcontainers").Order(StringComparer.Ordinal), resources.Order(StringComparer.Ordinal));

        foreach (var resource in Workloads.Kinds.Keys)
        {
            foreach (var place in new[] { "containers", "initContainers", "ephemeralContainers", "volumes" })
            {
                var item = place == "volumes"
                    ? new JsonObject { ["name"] = "data", ["image"] = new JsonObject { ["reference"] = images.Unsigned.ByTag } }
                    : new JsonObject { ["name"] = "one", ["image"] = images.Unsigned.ByTag };
                var spec = Workloads.PodSpec(images.Signed.ByTag);
                spec[place] = new JsonArray(item);

                var answer = await webhook.ValidateAsync(Workloads.Of(resource, spec));

                Assert.True(answer.Code == 403, $"{resource} {place}: {answer.Code} {answer.Message}");
                var path = $"{place}[0].{(place == "volumes" ? "image.reference" : "image")}";
                Assert.Contains($"{path}: {images.Unsigned.ByTag}: NoSignature", answer.Message, StringComparison.Ordinal);
            }
        }

        var unknown = await webhook.ValidateAsync(new Review(Workloads.Object("Rollout", new JsonObject(), "argoproj.io/v1alpha1"), "rollouts"));
        Assert.Equal(403, unknown.Code);
        Assert.Contains("webhook.resources", unknown.Message, StringComparison.Ordinal);
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Validate_RegistryStopped_IsRefusedAtOnceAsUndetermined()
    {
        var images = await world.ImagesAsync();
        var webhook = await world.PinningAsync();
        var started = Stopwatch.GetTimestamp();

        var answer = await webhook.ValidateAsync(Review.OfPod(images.Down + "/late:1"));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(9));
        Assert.Equal((false, 503), (answer.Allowed, answer.Code));
        Assert.Contains($"{images.Down}/late:1: RegistryUnavailable (rule 'signed'): ", answer.Message, StringComparison.Ordinal);
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Validate_RegistryThatNeverAnswers_IsRefusedBeforeTheApiServerGivesUp()
    {
        var images = await world.ImagesAsync();
        await using var hanging = await TestRegistry.StartAsync();
        hanging.Intercept = async context =>
        {
            await HostileRegistry.Silence()(context);
            return true;
        };
        await using var webhook = await world.StartAsync(policy: images.Policy.Replace(images.Down, hanging.Host, StringComparison.Ordinal));
        var started = Stopwatch.GetTimestamp();

        // The API server waits for three seconds only: less than the deadline of the configuration.
        var answer = Answer.From(await webhook.PostAsync("/validate?timeout=3s", Review.OfPod(hanging.Host + "/app:1", images.Signed.ByTag).ToJson()));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.Equal((false, 503), (answer.Allowed, answer.Code));
        Assert.Contains($"spec.containers[0].image: {hanging.Host}/app:1: TimedOut (rule 'signed'): ", answer.Message, StringComparison.Ordinal);
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Validate_UpdateThatLeavesTheImages_IsAllowedWhateverTheyAre()
    {
        var images = await world.ImagesAsync();
        var webhook = await world.PinningAsync();
        var running = Workloads.Of("deployments", Workloads.PodSpec(images.Unsigned.ByTag, images.Down + "/app:1"));
        var scaled = running.Object.DeepClone().AsObject();
        scaled["spec"]!["replicas"] = 5;
        var changed = running.Object.DeepClone().AsObject();
        changed["spec"]!["template"]!["spec"]!["containers"]![1]!["image"] = images.WrongKey.ByTag;

        Assert.True((await webhook.ValidateAsync(running.ChangedTo(scaled))).Allowed);
        var refused = await webhook.ValidateAsync(running.ChangedTo(changed));

        Assert.StartsWith($"spec.template.spec.containers[1].image: {images.WrongKey.ByTag}: SignatureInvalid", refused.Message, StringComparison.Ordinal);
    }
}
