using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Signing;

namespace NodeGate.Gate.Tests;

/// <summary>What is fetched, in how many rounds, and what evidence that cannot be read does to the rest.</summary>
public sealed class EvidenceCollectionTests : IDisposable
{
    private readonly GateFixture _fixture = new();

    private MemoryRegistry Registry => _fixture.Registry;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Cold_ByTagWithBundleAndLegacy_TakesSixRequestsInFourRounds()
    {
        var digest = Registry.PushImage("1");
        var bundle = Registry.SignBundle(digest, GateFixture.Key);
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        var gate = new RequestGate();
        Registry.Intercept = gate.HoldAsync;

        var decision = _fixture.DecideAsync(GateFixture.Tagged);
        Assert.Equal([$"resolve {GateFixture.Tagged}"], await gate.RoundAsync(1));
        Assert.Equal([$"referrers {digest}", $"tag {SignatureArtifact.LegacyTag(digest)}"], await gate.RoundAsync(2));
        var third = await gate.RoundAsync(2);
        Assert.StartsWith("blob ", third[0], StringComparison.Ordinal);
        Assert.StartsWith("manifest ", third[1], StringComparison.Ordinal);
        Assert.Equal([$"blob {bundle}"], await gate.RoundAsync(1));

        Assert.IsType<Decision.Admitted>(await decision);
        Assert.Equal(6, Registry.Requests.Count);
    }

    [Fact]
    public async Task Cold_ByDigest_ResolvesBesideTheEvidence()
    {
        var digest = Registry.PushImage("1");
        Registry.SignBundle(digest, GateFixture.Key);
        var gate = new RequestGate();
        Registry.Intercept = gate.HoldAsync;

        var decision = _fixture.DecideAsync($"{GateFixture.App}@{digest}");
        await gate.RoundAsync(3);
        await gate.RoundAsync(1);
        await gate.RoundAsync(1);
        Assert.IsType<Decision.Admitted>(await decision);
    }

    /// <summary>Ten signatures over one payload are ten layers with one blob.</summary>
    [Fact]
    public async Task Cold_ManySignersOfOnePayload_FetchesItOnce()
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, [.. Enumerable.Repeat(GateFixture.OtherKey, 9), GateFixture.Key]);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal(4, Registry.Requests.Count);
    }

    [Theory]
    [InlineData("reg.example/bundles/a:1", "tag ")]
    [InlineData("reg.example/legacies/a:1", "referrers ")]
    public async Task Cold_FormatThatNoAuthorityAccepts_IsNotAskedFor(string image, string request)
    {
        Registry.PushImage("1");
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(image));
        Assert.Equal(2, Registry.Requests.Count);
        Assert.DoesNotContain(Registry.Requests, r => r.StartsWith(request, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("blob ")]
    [InlineData("manifest ")]
    [InlineData("referrers ")]
    [InlineData("tag ")]
    public async Task Registry_FailsForOnePartOfTheEvidence_UndeterminedUnlessAnotherSatisfies(string part)
    {
        var signed = Registry.PushImage("1");
        Registry.SignBundle(signed, GateFixture.Key);
        Registry.SignLegacy(GateFixture.App, signed, GateFixture.OtherKey);
        var bundleIsHit = part is "blob " or "manifest " or "referrers ";
        Registry.Intercept = (request, _, _) => request.StartsWith(part, StringComparison.Ordinal)
            ? throw new ContentException(ContentFailure.Unavailable, "503 from the registry")
            : Task.CompletedTask;

        var decision = await _fixture.DecideAsync(GateFixture.Tagged);
        Assert.Equal(bundleIsHit ? DecisionReason.RegistryUnavailable : DecisionReason.Verified, decision.Reason);
        Assert.Equal(bundleIsHit, decision is Decision.Undetermined);

        // Undetermined is never cached: the next try asks again.
        Registry.Intercept = null;
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task Blob_NotFoundForOneSignature_DoesNotSpoilTheOther()
    {
        var digest = Registry.PushImage("1");
        Registry.RemoveBlob(Registry.SignBundle(digest, GateFixture.OtherKey));
        Registry.SignBundle(digest, GateFixture.Key);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task Blob_NotFoundForTheOnlySignature_IsUndeterminedAndNotImageNotFound()
    {
        var digest = Registry.PushImage("1");
        Registry.RemoveBlob(Registry.SignBundle(digest, GateFixture.Key));
        var decision = Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal(DecisionReason.RegistryUnavailable, decision.Reason);
    }

    [Fact]
    public async Task Gap_InAFormatThatTheAuthorityDoesNotAccept_DoesNotMatter()
    {
        var digest = Registry.PushImage("1");
        Registry.SignBundle(digest, GateFixture.OtherKey);
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document("enforce", "deny",
            "  - {name: org, images: [\"reg.example/org/**\"], require: {allOf: [bundle-only, legacy-only]}}")));
        Registry.Intercept = (request, _, _) => request.StartsWith("tag ", StringComparison.Ordinal)
            ? throw new ContentException(ContentFailure.Unavailable, "503")
            : Task.CompletedTask;

        // The bundle authority is refused for certain, so nothing that the .sig tag could hold would help.
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task Referrer_OfAnotherSubject_IsNoEvidence()
    {
        var digest = Registry.PushImage("1");
        var other = Registry.PushImage("2", "other");
        var bundle = Bundles.ToBytes(Bundles.Signature(GateFixture.Key, digest));
        Registry.Refer(digest, SignatureArtifact.Referrer(bundle, Registry.DescriptorOf(other)), MediaTypes.SigstoreBundleV03);
        Assert.Equal(DecisionReason.NoSignature, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(GateLimits.MaxBundleBytes)]
    public async Task Referrer_ToTheGoodBundleWithAWrongSize_DoesNotStandForIt(int beyond)
    {
        var digest = Registry.PushImage("1");
        var good = SignatureArtifact.Referrer(Bundles.ToBytes(Bundles.Signature(GateFixture.Key, digest)), Registry.DescriptorOf(digest));
        Registry.Refer(digest, good, MediaTypes.SigstoreBundleV03);
        var manifest = JsonNode.Parse(good.Manifest)!;
        manifest["layers"]![0]!["size"] = manifest["layers"]![0]!["size"]!.GetValue<int>() + beyond;

        // Whoever pushes it can try until its digest comes first.
        SignatureArtifact bad;
        var tries = 0;
        do
        {
            manifest["annotations"] = new JsonObject { ["try"] = $"{tries++}" };
            bad = good with { Manifest = Encoding.UTF8.GetBytes(manifest.ToJsonString()) };
        }
        while (string.CompareOrdinal(bad.Digest.Hex, good.Digest.Hex) > 0);

        Registry.Refer(digest, bad, MediaTypes.SigstoreBundleV03);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""[{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"},{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}]""")]
    [InlineData("""[{"mediaType":"application/spdx+json"}]""")]
    public async Task Referrer_WithoutExactlyOneBundleLayer_IsNoEvidence(string layers)
    {
        var digest = Registry.PushImage("1");
        var artifact = SignatureArtifact.Referrer(Bundles.ToBytes(Bundles.Signature(GateFixture.Key, digest)), Registry.DescriptorOf(digest));
        var manifest = JsonNode.Parse(artifact.Manifest)!;
        var layer = manifest["layers"]![0]!;
        var replaced = JsonNode.Parse(layers)!.AsArray();
        foreach (var entry in replaced)
        {
            entry!["digest"] = layer["digest"]!.DeepClone();
            entry["size"] = layer["size"]!.DeepClone();
        }

        manifest["layers"] = replaced;
        Registry.Refer(digest, artifact with { Manifest = Encoding.UTF8.GetBytes(manifest.ToJsonString()) }, MediaTypes.SigstoreBundleV03);
        Assert.Equal(DecisionReason.NoSignature, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
    }

    [Fact]
    public async Task Referrer_OfNotation_IsNotFetched()
    {
        var digest = Registry.PushImage("1");
        Registry.Refer(digest, new Descriptor(MediaTypes.OciManifest, Digest.Of("n"u8), 1) { ArtifactType = MediaTypes.NotationSignature });
        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.DoesNotContain(Registry.Requests, r => r.StartsWith("manifest ", StringComparison.Ordinal));
    }

    /// <summary>Not JSON, and it says that it is a bundle: that is a bad signature for good, not a registry to wait for.</summary>
    [Fact]
    public async Task Referrer_ThatIsNoManifest_IsAnInvalidSignatureAndDoesNotSpoilTheOther()
    {
        var digest = Registry.PushImage("1");
        Registry.Refer(digest, Registry.PutManifest("not json"u8.ToArray(), MediaTypes.OciManifest) with { ArtifactType = MediaTypes.SigstoreBundleV03 });
        Assert.Equal(DecisionReason.SignatureInvalid, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);

        Registry.SignBundle(digest, GateFixture.Key);
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task SignatureTag_ThatIsNoManifest_IsAnInvalidSignature()
    {
        var digest = Registry.PushImage("1");
        Registry.PutManifest("""{"schemaVersion":2,"manifests":[]}"""u8.ToArray(), MediaTypes.OciIndex, SignatureArtifact.LegacyTag(digest));
        Assert.Equal(DecisionReason.SignatureInvalid, Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
    }

    [Fact]
    public async Task Limits_MoreReferrersThanAreLookedAt_AdmittedByOneOfTheFirstOrUndetermined()
    {
        var digest = Registry.PushImage("1");
        for (var i = 0; i < GateLimits.MaxReferrers; i++)
        {
            Registry.Refer(digest, Junk(i));
        }

        Assert.IsType<Decision.Denied>(await _fixture.DecideAsync(GateFixture.Tagged));
        Registry.Refer(digest, Junk(GateLimits.MaxReferrers));
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Registry.Requests.Clear();
        var decision = Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal(DecisionReason.LimitExceeded, decision.Reason);
        Assert.Equal(GateLimits.MaxReferrers, Registry.Requests.Count(r => r.StartsWith("manifest ", StringComparison.Ordinal)));

        // What says that it is a bundle comes before what says nothing.
        Registry.SignBundle(digest, GateFixture.Key);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task Limits_MoreReferrersThanMayBeListed_UndeterminedUnlessLegacySatisfies()
    {
        var digest = Registry.PushImage("1");
        for (var i = 0; i <= GateLimits.MaxReferrersListed; i++)
        {
            Registry.Refer(digest, Junk(i));
        }

        Assert.Equal(DecisionReason.LimitExceeded, Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Theory]
    [InlineData(GateLimits.MaxSignatureLayers - 1, true)]
    [InlineData(GateLimits.MaxSignatureLayers, false)]
    public async Task Limits_MoreLayersThanAreLookedAt_TheGoodOneMustBeAmongTheFirst(int before, bool admitted)
    {
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, [.. Enumerable.Repeat(GateFixture.OtherKey, before), GateFixture.Key]);
        var decision = await _fixture.DecideAsync(GateFixture.Tagged);
        Assert.Equal(admitted ? DecisionReason.Verified : DecisionReason.LimitExceeded, decision.Reason);
    }

    [Fact]
    public async Task Limits_PayloadTooLarge_IsNotFetchedAndDoesNotSpoilTheOther()
    {
        var digest = Registry.PushImage("1");
        var large = LegacySignature.OfPayload(GateFixture.OtherKey, new string('x', GateLimits.MaxPayloadBytes + 1));
        Registry.PutLegacy(digest, SignatureArtifact.Legacy(large));
        Assert.Equal(DecisionReason.LimitExceeded, Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
        Assert.DoesNotContain($"blob {large.Digest}", Registry.Requests);

        Registry.PutLegacy(digest, SignatureArtifact.Legacy(large, LegacySignature.Of(GateFixture.Key, GateFixture.App, digest)));
        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
    }

    [Fact]
    public async Task Limits_BundleTooLarge_IsNotFetched()
    {
        var digest = Registry.PushImage("1");
        var bundle = new byte[GateLimits.MaxBundleBytes + 1];
        Registry.Refer(digest, SignatureArtifact.Referrer(bundle, Registry.DescriptorOf(digest)), MediaTypes.SigstoreBundleV03);
        var undetermined = Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal(DecisionReason.LimitExceeded, undetermined.Reason);
        Assert.Contains($"{Digest.Of(bundle)} has 1048577 bytes; at most 1048576 are read.", undetermined.Message, StringComparison.Ordinal);
        Assert.DoesNotContain($"blob {Digest.Of(bundle)}", Registry.Requests);
    }

    [Fact]
    public async Task Limits_ReferrerManifestTooLarge_IsNotFetched()
    {
        var digest = Registry.PushImage("1");
        var referrer = new Descriptor(MediaTypes.OciManifest, Digest.Of("big"u8), GateLimits.MaxReferrerManifestBytes + 1);
        Registry.Refer(digest, referrer);
        Assert.Equal(DecisionReason.LimitExceeded, Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged)).Reason);
        Assert.DoesNotContain($"manifest {referrer.Digest}", Registry.Requests);
    }

    [Fact]
    public async Task Limits_AllEvidenceTogether_StopsAtTheBudgetAndTheSameWayEveryTime()
    {
        var digest = Registry.PushImage("1");
        var payloads = Enumerable.Range(0, 12)
            .Select(i => LegacySignature.OfPayload(GateFixture.OtherKey, new string((char)('a' + i), GateLimits.MaxPayloadBytes)))
            .ToArray();
        Registry.PutLegacy(digest, SignatureArtifact.Legacy(payloads));
        var first = Assert.IsType<Decision.Undetermined>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.Equal(DecisionReason.LimitExceeded, first.Reason);
        Assert.Equal(GateLimits.MaxEvidenceBytesOfAKind / GateLimits.MaxPayloadBytes, Registry.Requests.Count(r => r.StartsWith("blob ", StringComparison.Ordinal)));
        Assert.Equal(first.Message, (await _fixture.DecideAsync(GateFixture.Tagged)).Message);
    }

    [Fact]
    public async Task Limits_ParallelRequests_AreNeverMoreThanFour()
    {
        var digest = Registry.PushImage("1");
        for (var i = 0; i < 20; i++)
        {
            using var key = SigningKey.Create();
            Registry.SignBundle(digest, key);
        }

        Registry.SignBundle(digest, GateFixture.Key);
        var (running, most) = (0, 0);
        Registry.Intercept = async (_, _, _) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
        };

        Assert.IsType<Decision.Admitted>(await _fixture.DecideAsync(GateFixture.Tagged));
        Assert.InRange(most, 1, GateLimits.MaxParallelRequests);
    }

    private static void InterlockedMax(ref int most, int now)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, seen) != seen)
        {
        }
    }

    private Descriptor Junk(int i) =>
        Registry.PutManifest(Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"junk":{{i}}}"""), MediaTypes.OciManifest);
}
