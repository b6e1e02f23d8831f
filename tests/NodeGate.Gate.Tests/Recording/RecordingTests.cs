using System.Text;
using NodeGate.Gate.Recording;
using NodeGate.Gate.Tests.Support;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Signing;

namespace NodeGate.Gate.Tests.Recording;

/// <summary>A question is asked of a registry and recorded; what a gate answers from the recording alone.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly GateFixture _fixture = new();
    private readonly ContentRecordingBuilder _builder = new();

    private MemoryRegistry Registry => _fixture.Registry;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replay_SignedImage_IsAdmittedWithoutARegistry(bool bundle)
    {
        var digest = Registry.PushImage("1");
        if (bundle)
        {
            Registry.SignBundle(digest, GateFixture.Key);
        }
        else
        {
            Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        }

        var recording = await RecordAsync(GateFixture.Tagged);
        var asked = Registry.Requests.Count;
        var admitted = Assert.IsType<Decision.Admitted>(await ReplayAsync(recording, GateFixture.Tagged));

        Assert.Equal(digest, admitted.Image.Digest);
        Assert.Equal(DecisionReason.Verified, admitted.Reason);
        Assert.Equal(asked, Registry.Requests.Count);
    }

    [Fact]
    public async Task Replay_UnsignedImage_IsDeniedAsByTheRegistry()
    {
        Registry.PushImage("1");

        var replayed = await ReplayAsync(await RecordAsync(GateFixture.Tagged), GateFixture.Tagged);

        // "There is none" was an answer: the empty list of referrers and the tag that is not there.
        Assert.Equal(DecisionReason.NoSignature, Assert.IsType<Decision.Denied>(replayed).Reason);
    }

    [Fact]
    public async Task Replay_WhatCouldNotBeAsked_IsNotKnown()
    {
        Registry.PushImage("1");
        Registry.Intercept = (request, _, _) => request.StartsWith("referrers", StringComparison.Ordinal)
            ? throw new ContentException(ContentFailure.Unavailable, "503")
            : Task.CompletedTask;

        var recording = await RecordAsync(GateFixture.Tagged);
        var replayed = Assert.IsType<Decision.Undetermined>(await ReplayAsync(recording, GateFixture.Tagged));

        Assert.Empty(recording.Repositories[GateFixture.App].Referrers);
        Assert.Equal(DecisionReason.RegistryUnavailable, replayed.Reason);
        Assert.Contains("not recorded", replayed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GateFixture.App + ":other")]
    [InlineData("reg.example/org/else:1")]
    public async Task Replay_AnotherImage_IsNotKnown(string image)
    {
        Registry.PushImage("1");

        var replayed = await ReplayAsync(await RecordAsync(GateFixture.Tagged), image);

        Assert.Equal(DecisionReason.RegistryUnavailable, Assert.IsType<Decision.Undetermined>(replayed).Reason);
    }

    [Fact]
    public async Task Replay_RuleThatAsksForMoreThanWasRecorded_IsNotKnown()
    {
        var digest = Registry.PushImage("1");
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Document(
            "enforce", "deny", """  - {name: org, images: ["reg.example/org/**"], require: {anyOf: [legacy-only]}}""")));
        var recording = await RecordAsync(GateFixture.Tagged);
        _fixture.Policies.Replace(GateFixture.Load(GateFixture.Enforce));

        Assert.IsType<Decision.Undetermined>(await ReplayAsync(recording, GateFixture.Tagged));
        Assert.Empty(recording.Repositories[GateFixture.App].Referrers);
        Assert.NotNull(digest);
    }

    [Fact]
    public async Task Replay_ContentThatWasExchanged_IsCorrupt()
    {
        var reference = ImageReference.Parse(GateFixture.Tagged);
        var digest = Digest.Of("good"u8);
        Assert.True(_builder.AddBlob(reference.Name, digest, "evil"u8.ToArray()));
        Assert.True(_builder.AddManifest(reference.Name, new FetchedManifest(new Descriptor(MediaTypes.OciManifest, digest, 4), "evil"u8.ToArray())));
        var source = new RecordedSource(Build(), reference);

        var blob = await Assert.ThrowsAsync<ContentException>(async () => await source.FetchBlobAsync(new Descriptor("a/b", digest, 4), 4, CancellationToken.None));
        var manifest = await Assert.ThrowsAsync<ContentException>(async () => await source.ResolveAsync(reference.WithDigest(digest), CancellationToken.None));

        Assert.Equal([ContentFailure.Corrupt, ContentFailure.Corrupt], [blob.Failure, manifest.Failure]);
    }

    [Fact]
    public async Task FetchBlob_SizeOrLimitThatDoesNotFit_IsRefusedAsByARegistry()
    {
        var reference = ImageReference.Parse(GateFixture.Tagged);
        var digest = Digest.Of("good"u8);
        Assert.True(_builder.AddBlob(reference.Name, digest, "good"u8.ToArray()));
        var source = new RecordedSource(Build(), reference);

        var size = await Assert.ThrowsAsync<ContentException>(async () => await source.FetchBlobAsync(new Descriptor("a/b", digest, 3), 4, CancellationToken.None));
        var limit = await Assert.ThrowsAsync<ContentException>(async () => await source.FetchBlobAsync(new Descriptor("a/b", digest, 5), 4, CancellationToken.None));

        Assert.Equal([ContentFailure.Corrupt, ContentFailure.LimitExceeded], [size.Failure, limit.Failure]);
        Assert.Equal("good", Encoding.UTF8.GetString((await source.FetchBlobAsync(new Descriptor("a/b", digest, 4), 4, CancellationToken.None)).Span));
    }

    [Fact]
    public async Task ListReferrers_MoreThanAreRead_IsALimit()
    {
        var reference = ImageReference.Parse(GateFixture.Tagged);
        var digest = Digest.Of("image"u8);
        Assert.True(_builder.AddReferrers(reference.Name, digest, [.. Enumerable.Repeat(new Descriptor("a/b", digest, 1), 3)]));
        var source = new RecordedSource(Build(), reference);

        var failure = await Assert.ThrowsAsync<ContentException>(async () => await source.ListReferrersAsync(digest, 2, CancellationToken.None));

        Assert.Equal(ContentFailure.LimitExceeded, failure.Failure);
        Assert.Equal(3, (await source.ListReferrersAsync(digest, 3, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Resolve_TagThatWasNotThere_IsNotFound()
    {
        var reference = ImageReference.Parse(GateFixture.Tagged);
        Assert.True(_builder.AddTag(reference.Name, "1", null));

        var failure = await Assert.ThrowsAsync<ContentException>(
            async () => await new RecordedSource(Build(), reference).ResolveAsync(reference, CancellationToken.None));

        Assert.Equal(ContentFailure.NotFound, failure.Failure);
    }

    [Fact]
    public async Task Record_SignaturesInAnotherRepository_AreKeptUnderItsName()
    {
        var image = ImageReference.Parse(GateFixture.Tagged);
        var signatures = ImageReference.Parse("sig.example/evidence:x");
        var digest = Registry.PushImage("1");
        Registry.SignLegacy(GateFixture.App, digest, GateFixture.Key);
        var factory = new RecordingSourceFactory(Registry, _builder);
        var credential = new RegistryCredential { Username = "user", Password = "very-secret" };
        _ = await factory.Open(image, credential).ResolveAsync(image, CancellationToken.None);
        var found = await factory.Open(signatures, credential).FindManifestAsync(SignatureArtifact.LegacyTag(digest), CancellationToken.None);

        var encoded = RecordingCodec.Encode(Build());
        var recording = RecordingCodec.Decode(encoded);
        Assert.Equal([image.Name, signatures.Name], recording.Repositories.Keys);
        Assert.Equal(digest, recording.Repositories[image.Name].Tags["1"]);
        Assert.Equal(found!.Descriptor.Digest, recording.Repositories[signatures.Name].Tags[SignatureArtifact.LegacyTag(digest)]);
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(encoded), StringComparison.Ordinal);
    }

    [Fact]
    public void Record_BeyondEachLimit_IsLeftOutAndSaid()
    {
        for (var i = 0; i < GateLimits.MaxRecordedRepositories; i++)
        {
            Assert.True(_builder.AddTag($"reg.example/r{i}", "1", null));
        }

        Assert.False(_builder.IsTruncated);
        Assert.False(_builder.AddTag("reg.example/more", "1", null));
        Assert.True(_builder.IsTruncated);
        // What is there already takes no room.
        Assert.True(_builder.AddTag("reg.example/r0", "1", Digest.Of("x"u8)));

        var bytes = new ContentRecordingBuilder();
        Assert.True(bytes.AddBlob("reg.example/r", Digest.Of("a"u8), new byte[GateLimits.MaxRecordedContentBytes]));
        Assert.False(bytes.AddBlob("reg.example/r", Digest.Of("b"u8), new byte[1]));

        var entries = new ContentRecordingBuilder();
        var referrer = new Descriptor("a/b", Digest.Of("a"u8), 1);
        Assert.True(entries.AddReferrers("reg.example/r", Digest.Of("a"u8), [.. Enumerable.Repeat(referrer, GateLimits.MaxRecordedEntries - 1)]));
        Assert.False(entries.AddTag("reg.example/r", "1", null));
    }

    private async Task<ContentRecording> RecordAsync(string image)
    {
        await _fixture.Build(new RecordingSourceFactory(Registry, _builder))
            .DecideAsync(new GateRequest { Image = image }, CancellationToken.None);
        Registry.Intercept = (_, _, _) => throw new ContentException(ContentFailure.Unavailable, "the registry is off");

        // Through the file, as everybody has it.
        return RecordingCodec.Decode(RecordingCodec.Encode(_builder.Build(ImageReference.Parse(image), _fixture.Time.GetUtcNow())));
    }

    /// <summary>A new ledger each time, so that nothing is remembered.</summary>
    private async Task<Decision> ReplayAsync(ContentRecording recording, string image)
    {
        using var fresh = new GateFixture();
        fresh.Policies.Replace(_fixture.Policies.Current);
        return await fresh.Build(new RecordedSourceFactory(recording)).DecideAsync(new GateRequest { Image = image }, CancellationToken.None);
    }

    private ContentRecording Build() => _builder.Build(ImageReference.Parse(GateFixture.Tagged), _fixture.Time.GetUtcNow());
}
