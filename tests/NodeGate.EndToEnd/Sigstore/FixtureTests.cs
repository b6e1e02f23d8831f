using System.Text.Json.Nodes;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>What VirtualSigstore mints is proven by verifiers that we did not write: the valid is valid, the faulty is not.</summary>
public sealed class FixtureTests
{
    [RealPartTheory("cosign-3")]
    [MemberData(nameof(MintedBundles.ValidNames), MemberType = typeof(MintedBundles))]
    public async Task VerifyBundleAsync_Cosign_AcceptsTheValid(string name)
    {
        await using var folder = TestFolder.Create();
        await using var cosign = Cosign.Version(3);

        var result = await CosignAsync(cosign, Write(folder, MintedBundles.Valid(name)));

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [RealPartTheory("sigstore-go-verification")]
    [MemberData(nameof(MintedBundles.ValidNames), MemberType = typeof(MintedBundles))]
    public async Task VerifyAsync_SigstoreGo_AcceptsTheValid(string name)
    {
        await using var folder = TestFolder.Create();

        var result = await SigstoreGo.VerifyAsync(Write(folder, MintedBundles.Valid(name)));

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [RealPartTheory("sigstore-js")]
    [MemberData(nameof(MintedBundles.NamesForSigstoreJs), MemberType = typeof(MintedBundles))]
    public async Task VerifyAsync_SigstoreJs_AcceptsTheValid(string name)
    {
        await using var folder = TestFolder.Create();

        var result = await SigstoreJs.VerifyAsync(Write(folder, MintedBundles.Valid(name)));

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [RealPartTheory("sigstore-go-verification")]
    [MemberData(nameof(MintedBundles.FaultyNames), MemberType = typeof(MintedBundles))]
    public async Task VerifyAsync_SigstoreGo_RefusesTheFaulty(string name)
    {
        await using var folder = TestFolder.Create();

        var result = await SigstoreGo.VerifyAsync(Write(folder, MintedBundles.Faulty(name)));

        Assert.True(result.ExitCode != 0, result.ToString());
    }

    [Theory]
    [MemberData(nameof(MintedBundles.ValidNames), MemberType = typeof(MintedBundles))]
    public void Verify_NodeGate_AcceptsTheValid(string name)
    {
        var bundle = MintedBundles.Valid(name);

        Judge.AssertVerified(Judge.Verify(bundle, Judge.Subject(MintedBundles.Artifact), RequirementFor(bundle)));
    }

    [Theory]
    [MemberData(nameof(MintedBundles.FaultyNames), MemberType = typeof(MintedBundles))]
    public void Verify_NodeGate_RefusesTheFaulty(string name)
    {
        var bundle = MintedBundles.Faulty(name);

        Assert.IsType<RejectedEvidence>(Judge.Verify(bundle, Judge.Subject(MintedBundles.Artifact), RequirementFor(bundle)));
    }

    private static KeylessRequirement RequirementFor(JsonObject bundle) =>
        bundle["dsseEnvelope"] is null ? Judge.Keyless : Judge.Keyless with { AttestationType = MintedBundles.Predicate };

    internal static BundleCheck Write(TestFolder folder, JsonObject bundle, JsonObject? trustedRoot = null)
    {
        File.WriteAllBytes(folder.At("artifact"), MintedBundles.Artifact);
        return new BundleCheck(
            folder.Write("trusted_root.json", (trustedRoot ?? VirtualSigstore.Default.TrustedRoot()).ToJsonString()),
            folder.Write("bundle.json", bundle.ToJsonString()),
            folder.At("artifact"),
            VirtualSigstore.Subject,
            VirtualSigstore.OidcIssuer);
    }

    private static Task<CommandResult> CosignAsync(Cosign cosign, BundleCheck check)
    {
        var bundle = JsonNode.Parse(File.ReadAllText(check.Bundle))!;
        var attestation = bundle["dsseEnvelope"] is not null;
        IEnumerable<string> type = attestation ? ["--type", MintedBundles.Predicate] : [];
        IEnumerable<string> times = bundle["verificationMaterial"]!["timestampVerificationData"] is null ? [] : ["--use-signed-timestamps"];
        return cosign.VerifyBundleAsync(check, attestation, [.. type, .. times]);
    }
}
