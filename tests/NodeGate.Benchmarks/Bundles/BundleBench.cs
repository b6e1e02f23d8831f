using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification;

namespace NodeGate.Benchmarks.Bundles;

/// <summary>
/// Keyless bundles as cosign 3.1 signs images, verified from their bytes on one thread: NodeGate, the JavaScript implementation and the bare
/// signatures by turns. Each party has its trust root ready and meets the same bundle again and again.
/// </summary>
internal static class BundleBench
{
    internal const string RekorV1 = "keyless, Rekor v1";

    private const int Rounds = 5;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1);

    private static readonly byte[] Image = [.. "an image's manifest"u8];

    internal static async Task<ImmutableArray<BundleSeries>> RunAsync() =>
    [
        await RunAsync(RekorV1, MintOptions.Default, withBare: true, withJs: true),
        await RunAsync("keyless, Rekor v1, bundle v0.1", MintOptions.V01, withBare: false, withJs: true),
        // @sigstore/verify for Node 20 does not verify envelopes in Rekor v2 (see MintedBundles in EndToEnd).
        await RunAsync("keyless, Rekor v2 and timestamp", MintOptions.RekorV2, withBare: false, withJs: false),
    ];

    private static async Task<BundleSeries> RunAsync(string kind, MintOptions options, bool withBare, bool withJs)
    {
        await using var folder = TestFolder.Create();
        var bytes = Encoding.UTF8.GetBytes(VirtualSigstore.Default.Signature(Digest.Of(Image), options).ToJsonString());
        var check = new BundleCheck(
            folder.Write("trusted_root.json", VirtualSigstore.Default.TrustedRoot().ToJsonString()),
            folder.Write("bundle.json", Encoding.UTF8.GetString(bytes)),
            folder.At("artifact"),
            VirtualSigstore.Subject,
            VirtualSigstore.OidcIssuer);
        await File.WriteAllBytesAsync(check.Artifact, Image);
        var verify = Verifier(bytes);
        using var bare = new BareSignatures();
        _ = PerSecond(verify, RoundTime);

        var nodeGate = ImmutableArray.CreateBuilder<double>();
        var js = ImmutableArray.CreateBuilder<double>();
        var bares = ImmutableArray.CreateBuilder<double>();
        for (var round = 0; round < Rounds; round++)
        {
            nodeGate.Add(PerSecond(verify, RoundTime));
            if (withBare)
            {
                bares.Add(PerSecond(bare.Verify, RoundTime));
            }

            if (withJs)
            {
                js.Add(await SigstoreJs.VerificationsPerSecondAsync(check, RoundTime));
            }
        }

        return new BundleSeries(kind, nodeGate.ToImmutable(), js.ToImmutable(), bares.ToImmutable(), BytesFor(verify));
    }

    private static Func<bool> Verifier(byte[] bundle)
    {
        if (!TrustRoot.TryParse(Encoding.UTF8.GetBytes(VirtualSigstore.Default.TrustedRoot().ToJsonString()), out var root, out var error))
        {
            throw new InvalidOperationException(error);
        }

        var requirement = new KeylessRequirement
        {
            TrustRoot = root,
            Identities = [new IdentityRequirement(TextPattern.Exactly(VirtualSigstore.OidcIssuer), TextPattern.Exactly(VirtualSigstore.Subject))],
            AcceptBundle = true,
        };
        var evidence = new BundleEvidence(Digest.Of(bundle), bundle);
        var subject = new SignedSubject(
            ImageReference.Parse("registry.test/app:1"), new Descriptor(MediaTypes.OciManifest, Digest.Of(Image), Image.Length), Image);
        return () => EvidenceVerifier.Verify(evidence, subject, requirement) is VerifiedEvidence;
    }

    private static double PerSecond(Func<bool> verify, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var count = 0;
        for (; Stopwatch.GetElapsedTime(began) < time; count++)
        {
            Check(verify);
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double BytesFor(Func<bool> verify)
    {
        const int Count = 200;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Count; i++)
        {
            Check(verify);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Count;
    }

    private static void Check(Func<bool> verify)
    {
        if (!verify())
        {
            throw new InvalidOperationException("the bundle does not verify, so its time would say nothing");
        }
    }
}
