using System.Text.Json;
using NodeGate.Testing.RealParts;

namespace NodeGate.Demo;

/// <summary>The story: what a kubelet would ask, and what it is answered.</summary>
internal sealed class Scenario(DemoNode node, Screen screen)
{
    private readonly CriPod _pod = new("demo", "prod");

    internal async Task RunAsync()
    {
        using var cri = node.NodeGate.Cri();
        using var containerd = node.Containerd.Cri();
        foreach (var version in Enumerable.Range(2, 2))
        {
            await SignedAsync(cri, version);
        }

        await UnsignedAsync(cri);
        await OtherKeyAsync(cri);
        await KeylessAsync(cri);
        await MovedTagAsync(cri, containerd);
        await SmuggledAsync(cri, containerd);
        await OtherNamespaceAsync(cri);
        await ScanAsync();
        await AdmissionAsync(cri);
    }

    private async Task SignedAsync(CriClient cri, int cosign)
    {
        screen.Heading($"Signed with cosign {(cosign == 2 ? "2.5 (.sig tag)" : "3.1 (bundle as a referrer)")}, pulled by tag");
        var image = $"signed-{cosign}:1.0";
        var digest = await node.PushAsync(image);
        await node.SignAsync(cosign, $"signed-{cosign}", digest, node.Release);
        await PullAsync(cri, node.Name(image), admitted: true);
        var status = await cri.ImageStatusAsync(node.Name(image));
        screen.Answer(
            $"ImageStatus {node.Name(image)}",
            status is null ? "absent" : $"present, {string.Join(", ", status.RepoTags)} is {string.Join(", ", status.RepoDigests)}",
            status is not null && status.RepoTags.Contains(node.Name(image)) && status.RepoDigests.Any(d => d.EndsWith(digest, StringComparison.Ordinal)));
    }

    private async Task UnsignedAsync(CriClient cri)
    {
        screen.Heading("Never signed");
        await node.PushAsync("unsigned:1.0");
        await PullAsync(cri, node.Name("unsigned:1.0"), admitted: false, "NoSignature");
    }

    private async Task OtherKeyAsync(CriClient cri)
    {
        screen.Heading("Signed by a key that the policy does not know");
        var digest = await node.PushAsync("foreign:1.0");
        await node.SignAsync(3, "foreign", digest, node.Stranger);
        await PullAsync(cri, node.Name("foreign:1.0"), admitted: false, "SignatureInvalid");
    }

    private async Task KeylessAsync(CriClient cri)
    {
        screen.Heading("Signed without a key, by an identity: the workflow that the policy names, and somebody else");
        foreach (var (tag, email, reason) in new[] { ("1.0", null, ""), ("1.1", "somebody@example.test", "IdentityMismatch") })
        {
            var digest = await node.PushAsync("keyless:" + tag);
            await node.Sigstore.SignAsync($"{node.Name("keyless")}@{digest}", email);
            await PullAsync(cri, node.Name("keyless:" + tag), admitted: email is null, reason);
        }
    }

    private async Task MovedTagAsync(CriClient cri, CriClient containerd)
    {
        screen.Heading("A tag that is moved to other content after it was signed");
        var signed = await node.PushAsync("moved:1.0");
        await node.SignAsync(2, "moved", signed, node.Release);
        await node.PushAsync("moved:1.0");
        await PullAsync(cri, node.Name("moved:1.0"), admitted: false, "NoSignature");
        await PullAsync(cri, $"{node.Name("moved")}@{signed}", admitted: true);
        var under = await containerd.ImageStatusAsync(node.Name("moved:1.0"));
        screen.Answer(
            $"containerd itself: ImageStatus {node.Name("moved:1.0")}",
            under is null ? "absent: nothing unverified came under that tag" : $"present as {under.Id}",
            under is null);
    }

    private async Task SmuggledAsync(CriClient cri, CriClient containerd)
    {
        screen.Heading("Brought in behind the gate's back with ctr, then asked for as imagePullPolicy IfNotPresent does");
        await node.PushAsync("smuggled:1.0");
        (await node.Containerd.CtrAsync("image", "pull", "--plain-http", node.Name("smuggled:1.0"))).EnsureSuccess();
        var direct = await NoticedAsync(containerd, node.Name("smuggled:1.0"));
        screen.Answer("containerd itself: ImageStatus", direct is null ? "absent" : $"present as {direct.Id}", direct is not null);
        var gated = await cri.ImageStatusAsync(node.Name("smuggled:1.0"));
        screen.Answer("NodeGate: ImageStatus", gated is null ? "absent, so the kubelet must pull" : "present", gated is null);
        await PullAsync(cri, node.Name("smuggled:1.0"), admitted: false, "NoSignature");
    }

    /// <summary>containerd's CRI learns of an image that came past it by an event, some moments later.</summary>
    private static async Task<CriImage?> NoticedAsync(CriClient containerd, string image)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        CriImage? found = null;
        for (var looks = 0; found is null && looks < 250; looks++)
        {
            found = await containerd.ImageStatusAsync(image);
            await pause.WaitForNextTickAsync();
        }

        return found;
    }

    private async Task OtherNamespaceAsync(CriClient cri)
    {
        screen.Heading("On the node already, and run by a pod of another namespace, where the policy wants another signature");
        var image = node.Name("signed-2:1.0");
        var present = await cri.ImageStatusAsync(image) ?? throw new InvalidOperationException($"{image} was pulled and is not there.");

        // NodeGate answers before containerd is asked, so that no pod is needed.
        var reply = await cri.TryCreateContainerAsync("no-pod", new CriPod("visitor", "other"), "app", present.Id, image);
        screen.Answer(
            $"CreateContainer {image} in namespace other",
            reply.StatusMessage,
            reply.Status == 2 && reply.StatusMessage.StartsWith($"SignatureValidationFailed: {image}: ", StringComparison.Ordinal));
    }

    private async Task ScanAsync()
    {
        screen.Heading("What is on the node, judged all at once: for a start without surprises");
        var scan = await NodeGateCommand.RunAsync("scan", "--config", node.NodeGate.ConfigFile);
        var summary = scan.Text.TrimEnd('\n').Split('\n')[^1];
        screen.Answer("nodegate scan", summary, summary.Contains(" admitted, ", StringComparison.Ordinal));
    }

    private async Task AdmissionAsync(CriClient cri)
    {
        screen.Heading("The admission webhook: the tag of a new pod becomes the digest that was verified, before anything is scheduled");
        var image = node.Name("admitted:1.0");
        var digest = await node.PushAsync("admitted:1.0");
        await node.SignAsync(3, "admitted", digest, node.Release);
        var pinned = $"{image}@{digest}";
        var (allowed, text) = await MutateAsync(image);
        screen.Answer($"Pod with {image}", $"allowed, image is now {text}", allowed && text == pinned);
        await node.PushAsync("admitted:1.0");
        await PullAsync(cri, pinned, admitted: true);
        (allowed, text) = await MutateAsync(node.Name("unsigned:1.0"));
        screen.Answer($"Pod with {node.Name("unsigned:1.0")}", text, !allowed && text.Contains("NoSignature", StringComparison.Ordinal));
    }

    /// <summary>Asks as an API server does; the text is the image after the patch, or the refusal.</summary>
    private async Task<(bool Allowed, string Text)> MutateAsync(string image)
    {
        var answer = (await node.Webhook.PostAsync("/mutate?timeout=10s", $$$"""
            {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"1","kind":{"group":"","version":"v1","kind":"Pod"},
            "resource":{"group":"","version":"v1","resource":"pods"},"namespace":"prod","operation":"CREATE",
            "object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"demo","namespace":"prod"},"spec":{"containers":[{"name":"app","image":"{{{image}}}"}]} } } }
            """)).GetProperty("response");
        if (!answer.GetProperty("allowed").GetBoolean())
        {
            return (false, answer.GetProperty("status").GetProperty("message").GetString()!);
        }

        using var patch = JsonDocument.Parse(answer.GetProperty("patch").GetBytesFromBase64());
        return (true, patch.RootElement[0].GetProperty("value").GetString()!);
    }

    private async Task PullAsync(CriClient cri, string image, bool admitted, string reason = "")
    {
        var reply = await cri.TryPullImageAsync(image, _pod);
        var asExpected = admitted
            ? reply.Status == 0
            : reply.Status == 2 && reply.StatusMessage.StartsWith($"SignatureValidationFailed: {image}: {reason}: ", StringComparison.Ordinal);
        var answer = reply.Status == 0 ? "pulled as " + ProtoFields.Parse(reply.Message).Text(1) : reply.StatusMessage;
        screen.Answer($"PullImage {image}", answer, asExpected);
    }
}
