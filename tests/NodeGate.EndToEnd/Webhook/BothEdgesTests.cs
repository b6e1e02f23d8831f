using System.Text.Json;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>
/// The design's promise: both layers give one answer. Each case is put to the CRI on a real containerd, to <c>/validate</c> and to <c>/mutate</c>.
/// </summary>
[Collection(WebhookDefinition.Name)]
public sealed class BothEdgesTests(WebhookWorld world)
{
    public static TheoryData<string> Cases => [.. EdgeCase.All.Select(one => one.Name)];

    [RealPartTheory("root", "containerd-2.1", "docker-registry", "crane", "cosign-2", "cosign-3", "busybox", "nodegate")]
    [MemberData(nameof(Cases))]
    public async Task Question_OfBothEdges_HasOneAnswer(string name)
    {
        var one = EdgeCase.All.Single(candidate => candidate.Name == name);
        var images = await world.ImagesAsync();
        var node = await world.NodeAsync();
        var (judging, pinning) = (await world.JudgingAsync(), await world.PinningAsync());
        var image = one.Image(images);
        var review = Review.OfPod(image) with { Namespace = one.Namespace };
        using var cri = node.Gate.Cri();

        var pulled = await cri.TryPullImageAsync(image, new CriPod("web", one.Namespace));
        var validated = await judging.ValidateAsync(review);
        var mutated = await pinning.MutateAsync(review);

        // The node says what the case expects, and the webhook what the node says.
        var onNode = Recorded(node.Gate.AuditLines(), "pull", image, one.Namespace);
        Assert.Equal((one.Decision, one.Reason, one.Rule, one.Mode), (onNode.Decision, onNode.Reason, onNode.Rule, onNode.Mode));
        Assert.Equal(one.Digest(images), onNode.Digest);
        Assert.Equal(onNode, Recorded(judging.AuditLines(), "admission", image, one.Namespace));
        Assert.Equal(one.IsAdmitted, pulled.Status == 0);
        Assert.Equal(one.IsAdmitted, validated.Allowed);
        Assert.Empty(validated.Patch);
        if (!one.IsAdmitted)
        {
            Assert.Equal(one.Decision == "Denied" ? 403 : 503, validated.Code);
            Assert.Contains(onNode.Message, pulled.StatusMessage, StringComparison.Ordinal);
            Assert.Contains(one.Reason, validated.Message, StringComparison.Ordinal);
            Assert.EndsWith(onNode.Message, validated.Message, StringComparison.Ordinal);
        }

        if (one.IsMendedByPinning)
        {
            Assert.True(mutated.Allowed, mutated.Message);
            Assert.Single(mutated.Patch);
        }
        else
        {
            Assert.Equal(onNode, Recorded(pinning.AuditLines(), "admission", image, one.Namespace));
            Assert.Equal((validated.Allowed, validated.Code, validated.Message), (mutated.Allowed, mutated.Code, mutated.Message));
        }

        Assert.Equal(one.Mode == "audit", mutated.Warnings.Any(warning => warning.Contains("would be refused: ", StringComparison.Ordinal)));
        if (mutated.Patch is [var patch])
        {
            // What the webhook pins is what the node would have pulled, and the node takes it.
            var pinned = (string)patch!["value"]!;
            Assert.Equal(one.IsMendedByPinning ? images.DigestRequired.ByBoth : $"{image}@{one.Digest(images)}", pinned);
            var again = await cri.TryPullImageAsync(pinned, new CriPod("web", one.Namespace));
            Assert.Equal((0, ""), (again.Status, again.StatusMessage));
        }
        else
        {
            Assert.False(
                one.Decision == "Admitted" && one.Digest(images) is not null && !image.Contains('@', StringComparison.Ordinal), "an admitted tag was not pinned");
        }
    }

    /// <summary>What an edge decided, without what only one of them can know.</summary>
    private static Verdict Recorded(IReadOnlyList<JsonElement> lines, string @event, string image, string @namespace)
    {
        var line = lines.Last(candidate =>
            candidate.GetProperty("event").GetString() == @event && Text(candidate, "image") == image && Text(candidate, "namespace") == @namespace);
        return new Verdict(
            Text(line, "decision")!, Text(line, "reason")!, Text(line, "rule"), Text(line, "mode")!, Text(line, "digest"), Text(line, "message")!,
            Text(line, "policyRevision")!, string.Join(", ", line.GetProperty("signers").EnumerateArray().Select(signer => signer.GetString())));
    }

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private sealed record Verdict(
        string Decision, string Reason, string? Rule, string Mode, string? Digest, string Message, string PolicyRevision, string Signers);
}
