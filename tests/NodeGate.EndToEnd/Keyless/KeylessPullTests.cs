using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;

namespace NodeGate.EndToEnd.Keyless;

/// <summary>Pulls through the daemon of images that cosign signed keyless.</summary>
[Collection(KeylessDefinition.Name)]
public sealed class KeylessPullTests(KeylessWorld world)
{
    private static readonly CriPod Pod = new("web", "prod");

    [RealPartTheory("root", "containerd-2.1", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PullImage_SignedByTheIdentity_IsAdmittedAndTheAuditLogNamesIt(int cosign)
    {
        var image = await world.ImageAsync("one");
        await world.SignAsync(cosign, image);
        await using var gate = await world.StartGateAsync(await world.PolicyAsync([("one", "workflow")]));
        using var cri = gate.Cri();

        var imageRef = await cri.PullImageAsync(image.ByTag, Pod);

        Assert.Equal((imageRef, image.ByTag), ((await cri.ImageStatusAsync(image.ByTag))?.Id, (await cri.ImageStatusAsync(image.ByTag))?.RepoTags.Single()));
        var line = await gate.AuditLineAsync(line => line.GetProperty("event").GetString() == "pull");
        Assert.Equal(
            ("Admitted", "Verified", image.Digest, "one"),
            (line.GetProperty("decision").GetString(), line.GetProperty("reason").GetString(), line.GetProperty("digest").GetString(), line.GetProperty("rule").GetString()));
        var signer = Assert.Single(line.GetProperty("signers").EnumerateArray()).GetString();
        Assert.Contains(VirtualSigstore.Subject, signer, StringComparison.Ordinal);
        Assert.Contains(VirtualSigstore.OidcIssuer, signer, StringComparison.Ordinal);
    }

    [RealPartTheory("root", "containerd-2.1", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PullImage_SignedByAnotherIdentity_IsRefusedAndSaysWhose(int cosign)
    {
        var image = await world.ImageAsync("one");
        await world.SignAsync(cosign, image, KeylessWorld.Stranger);
        await using var gate = await world.StartGateAsync(await world.PolicyAsync([("one", "workflow")]));
        using var cri = gate.Cri();

        var reply = await cri.TryPullImageAsync(image.ByTag, Pod);

        Assert.Equal(2, reply.Status);
        Assert.StartsWith($"SignatureValidationFailed: {image.ByTag}: IdentityMismatch: ", reply.StatusMessage, StringComparison.Ordinal);
        Assert.Contains(KeylessWorld.Stranger, reply.StatusMessage, StringComparison.Ordinal);
        Assert.Contains(VirtualSigstore.Subject, reply.StatusMessage, StringComparison.Ordinal);
        Assert.Null(await cri.ImageStatusAsync(image.ByTag));
    }

    [RealPartTheory("root", "containerd-2.1", "runc", "docker-registry", "cosign-2", "cosign-3", "crane", "busybox", "nodegate")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PullImage_KeyAndIdentityRequired_IsAdmittedOnlyWithBoth(int cosign)
    {
        const string Both = "[workflow, release-key]";
        await using var gate = await world.StartGateAsync(
            await world.PolicyAsync([("all", $"{{allOf: {Both}}}"), ("two", $"{{atLeast: {{count: 2, of: {Both}}}}}")]));
        using var cri = gate.Cri();
        foreach (var (folder, missing) in new[] { ("all", "release-key"), ("two", "workflow") })
        {
            var (both, one) = (await world.ImageAsync(folder), await world.ImageAsync(folder));
            await world.SignAsync(cosign, both);
            await world.SignWithKeyAsync(both);
            await (missing == "workflow" ? world.SignWithKeyAsync(one) : world.SignAsync(cosign, one));

            await cri.PullImageAsync(both.ByTag, Pod);
            var refused = await cri.TryPullImageAsync(one.ByTag, Pod);

            var line = await gate.AuditLineAsync(line => line.GetProperty("image").GetString() == both.ByTag);
            Assert.Equal(2, line.GetProperty("signers").GetArrayLength());
            Assert.StartsWith($"SignatureValidationFailed: {one.ByTag}: ", refused.StatusMessage, StringComparison.Ordinal);
            Assert.Contains($"authority '{missing}'", refused.StatusMessage, StringComparison.Ordinal);
        }
    }
}
