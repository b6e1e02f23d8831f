using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Registries;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>Images signed by VirtualSigstore: both versions of cosign accept them, and refuse the image beside them.</summary>
public sealed class ImageFixtureTests
{
    private const string Repository = "app";

    private static readonly VirtualSigstore Sigstore = VirtualSigstore.Default;
    private static readonly string[] Signer =
        ["--certificate-identity", VirtualSigstore.Subject, "--certificate-oidc-issuer", VirtualSigstore.OidcIssuer];

    [RealPartTheory("cosign-3", "busybox")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Verify_Cosign3_AcceptsTheReferrer(int log)
    {
        await using var folder = TestFolder.Create();
        await using var registry = await TestRegistry.StartAsync();
        await using var cosign = Cosign.Version(3);
        var files = VirtualSigstoreFiles.Write(folder, Sigstore);
        var (signed, other) = await TwoImagesAsync(registry);
        registry.AddBundle(Repository, signed, Sigstore.Signature(signed.Digest, MintOptions.Default with { LogVersion = log }));
        registry.AddBundle(Repository, other, Sigstore.Signature(signed.Digest));
        IEnumerable<string> times = log == 2 ? ["--use-signed-timestamps"] : [];
        IEnumerable<string> arguments = ["verify", "--trusted-root", files.TrustedRoot, .. Signer, .. times];

        var accepted = await cosign.RunAsync([.. arguments, Reference(registry, signed)]);
        var refused = await cosign.RunAsync([.. arguments, Reference(registry, other)]);

        Assert.True(accepted.ExitCode == 0, accepted.ToString());
        Assert.True(refused.ExitCode != 0, refused.ToString());
    }

    [RealPartFact("cosign-3", "busybox")]
    public async Task VerifyAttestation_Cosign3_AcceptsTheReferrer()
    {
        await using var folder = TestFolder.Create();
        await using var registry = await TestRegistry.StartAsync();
        await using var cosign = Cosign.Version(3);
        var files = VirtualSigstoreFiles.Write(folder, Sigstore);
        var (signed, _) = await TwoImagesAsync(registry);
        var bundle = Sigstore.Attestation(signed.Digest, MintedBundles.Predicate, new JsonObject { ["builder"] = "test" });
        registry.AddBundle(Repository, signed, bundle, MintedBundles.Predicate);

        var result = await cosign.RunAsync(
            ["verify-attestation", "--type", MintedBundles.Predicate, "--trusted-root", files.TrustedRoot, .. Signer, Reference(registry, signed)]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [RealPartTheory("cosign-3", "busybox")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Verify_Cosign3WithKey_AcceptsTheLoggedReferrer(int log)
    {
        await using var folder = TestFolder.Create();
        await using var registry = await TestRegistry.StartAsync();
        await using var cosign = Cosign.Version(3);
        using var key = SigningKey.Create();
        var files = VirtualSigstoreFiles.Write(folder, Sigstore);
        var (signed, _) = await TwoImagesAsync(registry);
        registry.AddBundle(Repository, signed, Sigstore.Signature(signed.Digest, MintOptions.Default with { LogVersion = log, ManagedKey = key }));

        var result = await cosign.RunAsync(
            ["verify", "--key", folder.Write("key.pub", key.PublicPem), "--trusted-root", files.TrustedRoot, Reference(registry, signed)]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [RealPartFact("cosign-2", "busybox")]
    public async Task Verify_Cosign2_AcceptsTheLegacyLayer()
    {
        await using var folder = TestFolder.Create();
        await using var registry = await TestRegistry.StartAsync();
        await using var cosign = Keyless(2, folder);
        var (signed, other) = await TwoImagesAsync(registry);
        registry.AddLegacySignatures(Repository, signed, Layer(registry, signed));
        registry.AddLegacySignatures(Repository, other, Layer(registry, signed));

        var accepted = await cosign.RunAsync(["verify", .. Signer, Reference(registry, signed)]);
        var refused = await cosign.RunAsync(["verify", .. Signer, Reference(registry, other)]);

        Assert.True(accepted.ExitCode == 0, accepted.ToString());
        Assert.True(refused.ExitCode != 0, refused.ToString());
    }

    [RealPartFact("cosign-2", "busybox")]
    public async Task Verify_Cosign2WithTimestampOnly_AcceptsTheLegacyLayer()
    {
        await using var folder = TestFolder.Create();
        await using var registry = await TestRegistry.StartAsync();
        await using var cosign = Keyless(2, folder);
        var (signed, _) = await TwoImagesAsync(registry);
        var options = MintOptions.Default with { LogVersion = 0, Authorities = [Sigstore.Tsa] };
        registry.AddLegacySignatures(Repository, signed, Layer(registry, signed, options));

        var result = await cosign.RunAsync(
        [
            "verify", "--insecure-ignore-tlog", "--use-signed-timestamps", "--timestamp-certificate-chain", folder.At("tsa.pem"),
            .. Signer, Reference(registry, signed),
        ]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [RealPartTheory("cosign-2", "busybox")]
    [InlineData("dsse")]
    [InlineData("intoto")]
    public async Task VerifyAttestation_Cosign2_AcceptsTheLegacyLayer(string kind)
    {
        await using var folder = TestFolder.Create();
        await using var registry = await TestRegistry.StartAsync();
        await using var cosign = Keyless(2, folder);
        var (signed, _) = await TwoImagesAsync(registry);
        var options = MintOptions.Default with { Log = LogOptions.Default with { Kind = kind } };
        var layer = Sigstore.LegacyAttestation(signed.Digest, MintedBundles.Predicate, new JsonObject(), options);
        registry.AddLegacyAttestations(Repository, signed, layer);

        var result = await cosign.RunAsync(["verify-attestation", "--type", MintedBundles.Predicate, .. Signer, Reference(registry, signed)]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private static Cosign Keyless(int version, TestFolder folder) =>
        Cosign.Version(version, environment: VirtualSigstoreFiles.Write(folder, Sigstore).CosignEnvironment);

    private static LegacySignature Layer(TestRegistry registry, Descriptor image, MintOptions? options = null) =>
        Sigstore.LegacySignature($"{registry.Host}/{Repository}", image.Digest, options);

    private static string Reference(TestRegistry registry, Descriptor image) => $"{registry.Host}/{Repository}@{image.Digest}";

    private static async Task<(Descriptor Signed, Descriptor Other)> TwoImagesAsync(TestRegistry registry) => (
        await registry.AddImageAsync(Repository, "signed"),
        await registry.AddImageAsync(Repository, "other", new ImageRecipe { Seed = "other" }));
}
