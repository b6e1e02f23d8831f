using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>The JavaScript implementation signs with our services; sigstore-go and NodeGate accept the bundle.</summary>
public sealed class SigstoreJsSigningTests
{
    [RealPartTheory("sigstore-js", "sigstore-go-verification", "busybox")]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task SignAsync_Message_IsVerified(int log, bool timestamp)
    {
        await using var world = await SigningWorld.StartAsync();

        var bundle = await world.SignWithJavaScriptAsync(MintedBundles.Artifact, log, timestamp);

        await AssertVerifiedAsync(world, bundle);
        Judge.AssertVerified(Judge.Verify(bundle, Judge.Subject(MintedBundles.Artifact), Judge.Keyless with { Timestamps = timestamp ? 1 : 0 }));
        Assert.IsType<RejectedEvidence>(Judge.Verify(bundle, Judge.Subject([1, 2, 3]), Judge.Keyless));
    }

    [RealPartTheory("sigstore-js", "sigstore-go-verification", "busybox")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SignAsync_Envelope_IsVerified(bool timestamp)
    {
        await using var world = await SigningWorld.StartAsync();
        var statement = Bundles.Statement(Digest.Of(MintedBundles.Artifact), predicateType: MintedBundles.Predicate);

        var bundle = await world.SignWithJavaScriptAsync(Encoding.UTF8.GetBytes(statement.ToJsonString()), 1, timestamp, Bundles.InToto);

        await AssertVerifiedAsync(world, bundle);
        var requirement = Judge.Keyless with { AttestationType = MintedBundles.Predicate };
        Judge.AssertVerified(Judge.Verify(bundle, Judge.Subject(MintedBundles.Artifact), requirement));
        Assert.IsType<RejectedEvidence>(Judge.Verify(bundle, Judge.Subject([1, 2, 3]), requirement));
    }

    private static async Task AssertVerifiedAsync(SigningWorld world, JsonObject bundle)
    {
        var check = new BundleCheck(
            world.Files.TrustedRoot,
            world.Folder.Write("bundle.json", bundle.ToJsonString()),
            world.Folder.At("signed"),
            VirtualSigstore.Subject,
            VirtualSigstore.OidcIssuer);
        await File.WriteAllBytesAsync(check.Artifact, MintedBundles.Artifact);
        var result = await SigstoreGo.VerifyAsync(check);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
