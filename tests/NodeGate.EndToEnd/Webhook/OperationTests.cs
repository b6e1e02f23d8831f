using System.Diagnostics;
using System.Net;
using NodeGate.EndToEnd.Flows;
using NodeGate.EndToEnd.Manifests;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>The webhook while its surroundings change: a policy that moves, and its own end.</summary>
[Collection(WebhookDefinition.Name)]
public sealed class OperationTests(WebhookWorld world)
{
    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Policy_MovedIntoPlace_HoldsWithinFiveSecondsAndABadOneIsNotTaken()
    {
        var images = await world.ImagesAsync();
        await using var webhook = await world.StartAsync();
        var review = Review.OfPod(images.Unmatched.ByTag);
        Assert.Equal(403, (await webhook.ValidateAsync(review)).Code);

        webhook.WritePolicy(images.Policy.Replace("unmatched: deny", "unmatched: perhaps", StringComparison.Ordinal));
        await webhook.WaitUntilAsync("the bad policy is in the log", _ => Task.FromResult(webhook.Log().Contains("perhaps", StringComparison.Ordinal)));
        Assert.Equal(403, (await webhook.ValidateAsync(review)).Code);

        var started = Stopwatch.GetTimestamp();
        webhook.WritePolicy(images.Policy.Replace("unmatched: deny", "unmatched: allow", StringComparison.Ordinal));
        await Eventually.TrueAsync("the new policy holds", async () => (await webhook.ValidateAsync(review)).Allowed);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [RealPartFact("kubectl", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task ShippedConfiguration_WithItsPolicyAndThenAnother_StartsWarnsAndThenRefuses()
    {
        var images = await world.ImagesAsync();
        var rendered = await Kustomization.OfAsync("base");
        await using var folder = TestFolder.Create();
        var policies = new ConfigMapVolume(folder);
        await policies.WriteAsync("policy.yaml", rendered.MountedFile("/etc/nodegate/policy.d", "policy.yaml"));
        var config = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["/etc/nodegate/policy.d"] = policies.Path,
            ["/etc/nodegate/tls"] = "{folder}",
            ["/etc/nodegate/certs.d"] = "{folder}/certs.d",
            ["/var/lib/nodegate"] = "{folder}/state",
            ["/var/log/nodegate"] = "{folder}",
            ["0.0.0.0:8443"] = "127.0.0.1:{port}",
        }.Aggregate(
            rendered.MountedFile("/etc/nodegate/config", "config.yaml"), (text, place) => text.Replace(place.Key, place.Value, StringComparison.Ordinal));
        await using var webhook = await WebhookProcess.StartAsync(new WebhookSetup { Policy = "", Config = config });
        var review = Review.OfPod(images.Unsigned.ByTag);

        var audited = await webhook.MutateAsync(review);
        var started = Stopwatch.GetTimestamp();
        await policies.WriteAsync("policy.yaml", images.Policy);
        await Eventually.TrueAsync("the policy that the link leads to now holds", async () => !(await webhook.ValidateAsync(review)).Allowed);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.True(audited.Allowed);
        Assert.Empty(audited.Patch);
        Assert.Contains($"spec.containers[0].image: {images.Unsigned.ByTag}: NoMatchingRule", Assert.Single(audited.Warnings), StringComparison.Ordinal);
        Assert.Equal(images.Signed.ByBoth, (string?)Assert.Single((await webhook.MutateAsync(Review.OfPod(images.Signed.ByTag))).Patch)!["value"]);
    }

    [RealPartFact("docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    public async Task Terminate_ReviewUnderWay_IsAnsweredAndNothingNewIsPromised()
    {
        var images = await world.ImagesAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await TestRegistry.StartAsync();
        slow.Intercept = async context =>
        {
            await release.Task.WaitAsync(context.RequestAborted);
            context.Response.StatusCode = 404;
            return true;
        };
        await using var webhook = await world.StartAsync(policy: images.Policy.Replace(images.Down, slow.Host, StringComparison.Ordinal));
        var underWay = webhook.ValidateAsync(Review.OfPod(slow.Host + "/app:1"));
        await Eventually.TrueAsync("the registry is asked", () => Task.FromResult(slow.Requests.Count > 0));

        var stopped = webhook.StopAsync();
        await Eventually.TrueAsync("it is not ready any more", async () =>
        {
            using var client = webhook.Client();
            using var ready = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
            return ready.StatusCode == HttpStatusCode.ServiceUnavailable;
        });
        // An API server that has not noticed yet is still answered.
        Assert.True((await webhook.ValidateAsync(Review.OfPod(images.Free.ByTag))).Allowed);
        release.SetResult();
        var answer = await underWay;
        await stopped;

        Assert.False(answer.Allowed);
        Assert.Contains("ImageNotFound", answer.Message, StringComparison.Ordinal);
        Assert.Equal(0, await webhook.WaitForExitAsync());
    }
}
