using NodeGate.Testing.RealParts;
using NodeGate.Testing.Signing;
using NodeGate.Verification;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>cosign signs with our Fulcio, Rekor and timestamp authority, and takes back what it made; NodeGate takes it as well.</summary>
public sealed class CosignSigningTests
{
    [RealPartTheory("cosign-3", "busybox")]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task Sign_Cosign3Keyless_IsVerified(int log, bool timestamp)
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(3);

        var signed = await cosign.RunAsync(
            ["sign", .. world.SigningArguments(log, timestamp), "--identity-token", world.Services.Token(), world.Reference(world.Image)]);

        Assert.True(signed.ExitCode == 0, signed.ToString());
        var bundle = Assert.Single(world.Bundles(world.Image));
        Judge.AssertVerified(Judge.Verify(bundle, world.Subject(world.Image), Judge.Keyless with { Timestamps = timestamp ? 1 : 0 }));
        Assert.IsType<RejectedEvidence>(Judge.Verify(bundle, world.Subject(world.OtherImage), Judge.Keyless));
        IEnumerable<string> times = log == 2 ? ["--use-signed-timestamps"] : [];
        IEnumerable<string> verify = ["verify", "--trusted-root", world.Files.TrustedRoot, .. SigningWorld.Signer, .. times];
        Assert.Equal(0, (await cosign.RunAsync([.. verify, world.Reference(world.Image)])).ExitCode);
        Assert.NotEqual(0, (await cosign.RunAsync([.. verify, world.Reference(world.OtherImage)])).ExitCode);
    }

    [RealPartTheory("cosign-3", "busybox")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Attest_Cosign3Keyless_IsVerified(int log)
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(3);
        var predicate = world.Folder.Write("predicate.json", """{"builder":"test"}""");

        var attested = await cosign.RunAsync(
        [
            "attest", .. world.SigningArguments(log, timestamp: true), "--identity-token", world.Services.Token(),
            "--predicate", predicate, "--type", MintedBundles.Predicate, world.Reference(world.Image),
        ]);

        Assert.True(attested.ExitCode == 0, attested.ToString());
        var bundle = Assert.Single(world.Bundles(world.Image));
        Judge.AssertVerified(Judge.Verify(bundle, world.Subject(world.Image), Judge.Keyless with { AttestationType = MintedBundles.Predicate }));
        Assert.IsType<RejectedEvidence>(Judge.Verify(bundle, world.Subject(world.Image), Judge.Keyless));
        var verified = await cosign.RunAsync(
        [
            "verify-attestation", "--trusted-root", world.Files.TrustedRoot, .. SigningWorld.Signer, "--use-signed-timestamps",
            "--type", MintedBundles.Predicate, world.Reference(world.Image),
        ]);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    [RealPartTheory("cosign-3", "busybox")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Sign_Cosign3WithKey_IsLoggedAndVerified(int log)
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(3);
        var key = await cosign.GenerateKeyPairAsync();

        var signed = await cosign.RunAsync(
            ["sign", "--key", key.PrivateKey, .. world.SigningArguments(log, timestamp: true), world.Reference(world.Image)]);

        Assert.True(signed.ExitCode == 0, signed.ToString());
        var bundle = Assert.Single(world.Bundles(world.Image));
        var requirement = Judge.LoggedKey(await File.ReadAllTextAsync(key.PublicKey));
        Judge.AssertVerified(Judge.Verify(bundle, world.Subject(world.Image), requirement));
        var verified = await cosign.RunAsync(
            ["verify", "--key", key.PublicKey, "--trusted-root", world.Files.TrustedRoot, world.Reference(world.Image)]);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    [RealPartTheory("cosign-2", "busybox")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_Cosign2Keyless_IsVerified(bool timestamp)
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(2, environment: world.Files.CosignEnvironment);
        IEnumerable<string> stamp = timestamp ? ["--timestamp-server-url", world.Services.TimestampUrl] : [];

        var signed = await cosign.RunAsync(["sign", .. LegacyArguments(world), .. stamp, world.Reference(world.Image)]);

        Assert.True(signed.ExitCode == 0, signed.ToString());
        var layer = Assert.Single(world.Layers(SignatureArtifact.LegacyTag(world.Image.Digest)));
        Judge.AssertVerified(EvidenceVerifier.Verify(layer, world.Subject(world.Image), Judge.Keyless with { Timestamps = timestamp ? 1 : 0 }));
        Assert.IsType<RejectedEvidence>(EvidenceVerifier.Verify(layer, world.Subject(world.OtherImage), Judge.Keyless));
        var verified = await cosign.RunAsync(["verify", .. SigningWorld.Signer, world.Reference(world.Image)]);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    [RealPartFact("cosign-2", "busybox")]
    public async Task Attest_Cosign2Keyless_IsVerified()
    {
        await using var world = await SigningWorld.StartAsync();
        await using var cosign = Cosign.Version(2, environment: world.Files.CosignEnvironment);
        var predicate = world.Folder.Write("predicate.json", """{"builder":"test"}""");

        var attested = await cosign.RunAsync(
            ["attest", .. LegacyArguments(world), "--predicate", predicate, "--type", MintedBundles.Predicate, world.Reference(world.Image)]);

        Assert.True(attested.ExitCode == 0, attested.ToString());
        var layer = Assert.Single(world.Layers(SignatureArtifact.AttestationTag(world.Image.Digest)));
        var requirement = Judge.Keyless with { AttestationType = MintedBundles.Predicate };
        Judge.AssertVerified(EvidenceVerifier.Verify(layer, world.Subject(world.Image), requirement));
        Assert.IsType<RejectedEvidence>(EvidenceVerifier.Verify(layer, world.Subject(world.OtherImage), requirement));
        var verified = await cosign.RunAsync(
            ["verify-attestation", .. SigningWorld.Signer, "--type", MintedBundles.Predicate, world.Reference(world.Image)]);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    private static IReadOnlyList<string> LegacyArguments(SigningWorld world) =>
        ["--yes", "--fulcio-url", world.Services.Url, "--rekor-url", world.Services.Url, "--identity-token", world.Services.Token()];
}
