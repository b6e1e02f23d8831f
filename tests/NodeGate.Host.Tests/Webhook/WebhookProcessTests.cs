using System.Text;
using System.Text.Json;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;

namespace NodeGate.Host.Tests.Webhook;

/// <summary>The real process: <c>nodegate webhook</c> over TLS, with a registry in this one.</summary>
public sealed class WebhookProcessTests
{
    [Fact]
    public async Task Webhook_SignedAndUnsignedImages_ArePinnedAndRefused()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var key = SigningKey.Create();
        var signed = AddImage(registry, "signed");
        registry.AddBundle("signed", signed, key);
        AddImage(registry, "unsigned");
        await using var webhook = await WebhookProcess.StartAsync(new WebhookSetup { Policy = Requiring(key) });

        var pinned = await webhook.PostAsync("/mutate?timeout=10s", Review($"{registry.Host}/signed:1"));
        var refused = await webhook.PostAsync("/validate?timeout=10s", Review($"{registry.Host}/unsigned:1"));
        var provided = await webhook.PostAsync(
            "/gatekeeper/validate",
            $$"""{"apiVersion":"externaldata.gatekeeper.sh/v1beta1","kind":"ProviderRequest","request":{"keys":["[prod]{{registry.Host}}/signed:1","{{registry.Host}}/unsigned:1"]} }""");

        var response = pinned.GetProperty("response");
        Assert.True(response.GetProperty("allowed").GetBoolean());
        var patch = Encoding.UTF8.GetString(response.GetProperty("patch").GetBytesFromBase64());
        Assert.Contains($"\"{registry.Host}/signed:1@{signed.Digest}\"", patch, StringComparison.Ordinal);
        var refusal = refused.GetProperty("response");
        Assert.False(refusal.GetProperty("allowed").GetBoolean());
        Assert.Equal(403, refusal.GetProperty("status").GetProperty("code").GetInt32());
        Assert.Contains("NoSignature", refusal.GetProperty("status").GetProperty("message").GetString(), StringComparison.Ordinal);
        var items = provided.GetProperty("response").GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal($"{registry.Host}/signed@{signed.Digest}", items[0].GetProperty("value").GetString());
        Assert.StartsWith("NoSignature", items[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        var metrics = await webhook.GetAsync("/metrics");
        Assert.Contains("nodegate_webhook_reviews_total{path=\"Mutate\",outcome=\"Patched\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("nodegate_webhook_reviews_total{path=\"Validate\",outcome=\"Denied\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("nodegate_decisions_total{event=\"Admission\",decision=\"Denied\",reason=\"NoSignature\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("nodegate_ready 1\n", metrics, StringComparison.Ordinal);
        var events = webhook.AuditLines().Select(line => line.GetProperty("event").GetString()).ToArray();
        Assert.Equal("start", events[0]);
        Assert.Contains("admission", events);
    }

    [Fact]
    public async Task Webhook_Policy_IsReadAgainWithinSeconds()
    {
        await using var webhook = await WebhookProcess.StartAsync(new WebhookSetup { Policy = Static("allow") });
        Assert.True(await IsAllowedAsync(webhook));

        webhook.WritePolicy(Static("deny"));

        await webhook.WaitUntilAsync("the new policy holds", async _ => !await IsAllowedAsync(webhook));
    }

    [Fact]
    public async Task Webhook_SigTerm_LeavesServesAndEndsWithARecord()
    {
        await using var webhook = await WebhookProcess.StartAsync(new WebhookSetup { Policy = Static("allow") });

        var stopping = webhook.StopAsync();
        await webhook.WaitUntilAsync("/readyz says no", async _ => await webhook.GetAsync("/readyz") == "not ready: stopping\n");
        Assert.True(await IsAllowedAsync(webhook));
        await stopping;

        Assert.Equal(0, await webhook.WaitForExitAsync());
        Assert.Equal("stop", webhook.AuditLines()[^1].GetProperty("event").GetString());
        Assert.DoesNotContain("rror", webhook.Log(), StringComparison.Ordinal);
    }

    private static async Task<bool> IsAllowedAsync(WebhookProcess webhook) =>
        (await webhook.PostAsync("/validate", Review("registry.example/app:1"))).GetProperty("response").GetProperty("allowed").GetBoolean();

    private static Descriptor AddImage(TestRegistry registry, string repository)
    {
        var config = registry.Store.PutBlob(repository, "{}"u8.ToArray());
        var manifest = Encoding.UTF8.GetBytes($$$"""
            {"schemaVersion":2,"mediaType":"{{{MediaTypes.OciManifest}}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{{config}}}","size":2},"layers":[],"annotations":{"name":"{{{repository}}}"} }
            """);
        return new Descriptor(MediaTypes.OciManifest, registry.Store.PutManifest(repository, MediaTypes.OciManifest, manifest, "1"), manifest.Length);
    }

    private static string Review(string image) => $$$"""
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"7f0b2891-916f-4ed6-b7cd-27bff1815a8c",
        "kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},"namespace":"prod","operation":"CREATE",
        "object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"app","namespace":"prod"},"spec":{"containers":[{"name":"app","image":{{{JsonSerializer.Serialize(image)}}} }]} } } }
        """;

    private static string Requiring(SigningKey key) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: test}
        authorities:
          - name: key
            cosign: {keys: [{pem: {{JsonSerializer.Serialize(key.PublicPem)}} }]}
        rules:
          - {name: all, images: ["**"], require: {anyOf: [key]} }
        """;

    private static string Static(string action) => $$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: test}
        rules:
          - {name: all, images: ["**"], {{action}}: {reason: "a test"} }
        """;
}
