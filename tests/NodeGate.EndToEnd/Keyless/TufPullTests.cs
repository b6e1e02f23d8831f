using System.Text.Json;
using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;

namespace NodeGate.EndToEnd.Keyless;

/// <summary>A daemon whose trust root comes from a TUF repository: before the first fetch, after it, without the mirror, and with one that lies.</summary>
[Collection(KeylessDefinition.Name)]
public sealed class TufPullTests(KeylessWorld world)
{
    private static readonly CriPod Pod = new("web", "prod");

    [RealPartFact("root", "containerd-2.1", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    public async Task PullImage_MirrorHangsThenAnswers_IsUndeterminedAtOnceAndAdmittedAfterTheBackgroundRefresh()
    {
        var image = await SignedAsync();
        var answers = new TaskCompletionSource();
        await using var mirror = await CorpMirror.StartAsync(VirtualSigstore.Default);
        mirror.Server.Instead = async _ =>
        {
            await answers.Task;
            return false;
        };
        await using var gate = await StartGateAsync(mirror);
        using var cri = gate.Cri();
        await Eventually.TrueAsync("the daemon asks the mirror", () => Task.FromResult(mirror.Server.Paths.Any()));

        await AssertUndeterminedAsync(gate, cri, image);
        answers.SetResult();
        await AdmittedAsync(cri, image);

        var lines = gate.AuditLines();
        Assert.Contains(lines, line => line.GetProperty("event").GetString() == "policyReload");
        Assert.Equal("Admitted", lines.Last(line => line.GetProperty("event").GetString() == "pull").GetProperty("decision").GetString());
    }

    [RealPartFact("root", "containerd-2.1", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    public async Task PullImage_MirrorDownUntilTrustUpdateThenGone_IsAdmittedWithoutRestartAndOfflineAfterOne()
    {
        var (image, later) = (await SignedAsync(), await SignedAsync());
        await using var mirror = await CorpMirror.StartAsync(VirtualSigstore.Default);
        mirror.Server.Instead = context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        await using var gate = await StartGateAsync(mirror);
        using var cri = gate.Cri();
        await gate.LoggedAsync("Trust root corp not refreshed");
        await AssertUndeterminedAsync(gate, cri, image);
        var missing = await CorpMirror.TrustAsync(gate, "show");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("nodegate trust update corp", missing.StandardOutput, StringComparison.Ordinal);

        mirror.Server.Instead = _ => Task.FromResult(false);
        var update = await CorpMirror.TrustAsync(gate, "update");
        Assert.Equal((0, "corp: Updated: timestamp 1, snapshot 1, targets 1, new trusted_root.json"), (update.ExitCode, update.Text));
        await AdmittedAsync(cri, image);

        await mirror.Server.DisposeAsync();
        await gate.RestartAsync();
        await cri.PullImageAsync(later.ByTag, Pod);
        await AssertShownAsync(gate, "https://rekor.virtual.test", version: 1);
        Assert.Equal(2, (await CorpMirror.TrustAsync(gate, "update")).ExitCode);
    }

    [RealPartFact("root", "containerd-2.1", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    public async Task Update_MirrorRolledBack_IsRefusedByNameAndPullsGoOn()
    {
        var (image, later) = (await SignedAsync(), await SignedAsync());
        await using var mirror = await CorpMirror.StartAsync(VirtualSigstore.Default);
        await using var gate = await StartGateAsync(mirror);
        using var cri = gate.Cri();
        await AdmittedAsync(cri, image);
        var old = mirror.Repository.Metadata["timestamp.json"];
        mirror.Repository.PublishNext();
        Assert.Contains("timestamp 1 → 2", (await CorpMirror.TrustAsync(gate, "update")).Text, StringComparison.Ordinal);

        mirror.Repository.Metadata["timestamp.json"] = old;
        var text = await CorpMirror.TrustAsync(gate, "update");
        var json = await CorpMirror.TrustAsync(gate, "update", "--output", "json");

        Assert.Equal((2, 2), (text.ExitCode, json.ExitCode));
        Assert.StartsWith("corp: Refused (Rollback): ", text.Text, StringComparison.Ordinal);
        var refresh = Assert.Single(JsonElement.Parse(json.StandardOutput).EnumerateArray());
        Assert.Equal(("Refused", "Rollback"), (refresh.GetProperty("outcome").GetString(), refresh.GetProperty("reason").GetString()));
        await cri.PullImageAsync(later.ByTag, Pod);
        await AssertShownAsync(gate, "https://rekor.virtual.test", version: 2);
    }

    [RealPartFact("root", "containerd-2.1", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    public async Task PullImage_AuthorityNoLongerTrusted_IsJudgedAnewWithoutRestart()
    {
        var image = await SignedAsync();
        await using var mirror = await CorpMirror.StartAsync(VirtualSigstore.Default);
        await using var gate = await StartGateAsync(mirror);
        using var cri = gate.Cri();
        await AdmittedAsync(cri, image);

        // Admitted before, and remembered: what the repository no longer vouches for must not stay admitted by memory.
        var usual = VirtualSigstore.Default;
        var other = new VirtualSigstore(new VirtualSigstoreOptions { CtLog = usual.CtLog, RekorV1 = usual.RekorV1, RekorV2 = usual.RekorV2, Tsa = usual.Tsa });
        mirror.Repository.AddTarget("targets", "trusted_root.json", other.TrustedRoot().ToJsonString());
        mirror.Repository.PublishNext();
        Assert.Equal(0, (await CorpMirror.TrustAsync(gate, "update")).ExitCode);

        var refused = await Eventually.FoundAsync("the pull is refused", async () => await cri.TryPullImageAsync(image.ByTag, Pod) is { Status: not 0 } reply ? reply : null);
        Assert.StartsWith($"SignatureValidationFailed: {image.ByTag}: CertificateInvalid: ", refused.StatusMessage, StringComparison.Ordinal);
    }

    private static Task AdmittedAsync(CriClient cri, FlowImage image) =>
        Eventually.TrueAsync("the fetched trust root holds", async () => (await cri.TryPullImageAsync(image.ByTag, Pod)).Status == 0);

    private static async Task AssertUndeterminedAsync(NodeGateProcess gate, CriClient cri, FlowImage image)
    {
        var reply = await cri.TryPullImageAsync(image.ByTag, Pod);
        Assert.Equal(2, reply.Status);
        Assert.StartsWith($"SignatureValidationFailed: {image.ByTag}: TrustRootUnusable: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Contains("run nodegate trust update corp", reply.StatusMessage, StringComparison.Ordinal);
        var line = gate.AuditLines().Last(line => line.GetProperty("event").GetString() == "pull");
        Assert.Equal(("Undetermined", "TrustRootUnusable"), (line.GetProperty("decision").GetString(), line.GetProperty("reason").GetString()));
    }

    private static async Task AssertShownAsync(NodeGateProcess gate, string log, int version)
    {
        var text = await CorpMirror.TrustAsync(gate, "show");
        var json = await CorpMirror.TrustAsync(gate, "show", "--output", "json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Contains(log, text.StandardOutput, StringComparison.Ordinal);
        Assert.Contains($"timestamp {version} until", text.StandardOutput, StringComparison.Ordinal);
        var root = Assert.Single(JsonElement.Parse(json.StandardOutput).EnumerateArray());
        Assert.Contains(root.GetProperty("members").EnumerateArray(), member => member.GetProperty("address").GetString() == log);
        Assert.Equal(version, root.GetProperty("tuf").GetProperty("timestamp").GetProperty("version").GetInt32());
        Assert.False(root.GetProperty("tuf").GetProperty("stale").GetBoolean());
    }

    private async Task<FlowImage> SignedAsync()
    {
        var image = await world.ImageAsync("corp");
        await world.SignAsync(3, image);
        return image;
    }

    private async Task<NodeGateProcess> StartGateAsync(CorpMirror mirror) =>
        await world.StartGateAsync(await world.PolicyAsync([("corp", "workflow")], mirror.TrustRoot));
}
