using NodeGate.Fuzz.Engine;
using NodeGate.Gate;
using NodeGate.Gate.Recording;
using NodeGate.Oci;

namespace NodeGate.Fuzz.Targets.State;

/// <summary>
/// Recordings of what registries said. Oracles: a recording or a <see cref="FormatException"/>; what was read is written and read again as the
/// same; everything in it has the digest that it is found by, and a replay serves it.
/// </summary>
internal sealed class RecordingTarget : IFuzzTarget
{
    public string Name => "recording";

    public IReadOnlyList<Type> Parsers => [typeof(RecordingCodec), typeof(RecordingReader)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var content = "{}"u8.ToArray();
            var digest = Digest.Of(content);
            var builder = new ContentRecordingBuilder();
            builder.AddTag("reg.example/app", "1", digest);
            builder.AddTag("reg.example/app", "2", null);
            builder.AddManifest("reg.example/app", new FetchedManifest(new Descriptor(MediaTypes.OciManifest, digest, content.Length), content));
            builder.AddReferrers("reg.example/app", digest, [new Descriptor(MediaTypes.OciManifest, digest, 2) { ArtifactType = "a/b" }]);
            builder.AddBlob("sig.example/app", digest, content);
            yield return RecordingCodec.Encode(builder.Build(ImageReference.Parse("reg.example/app:1"), DateTimeOffset.UnixEpoch));
            yield return RecordingCodec.Encode(new ContentRecordingBuilder().Build(ImageReference.Parse("nginx"), DateTimeOffset.UnixEpoch));
        }
    }

    public string Check(byte[] input)
    {
        ContentRecording recording;
        try
        {
            recording = RecordingCodec.Decode(input);
        }
        catch (FormatException e)
        {
            // The framework names the path of a syntax error, and there are as many as the input has members.
            return Outcome.Refused(e.Message.Split(" Path: ")[0]);
        }

        var encoded = RecordingCodec.Encode(recording);
        FuzzFailure.UnlessSame(encoded, RecordingCodec.Encode(RecordingCodec.Decode(encoded)), "what was read is written and read again as the same");
        FuzzFailure.Unless(encoded.Length <= GateLimits.MaxRecordingBytes, "what was read can be written");
        var parts = 0;
        foreach (var (name, repository) in recording.Repositories)
        {
            var source = new RecordedSource(recording, ImageReference.Parse(name + ":x"));
            foreach (var (digest, manifest) in repository.Manifests)
            {
                FuzzFailure.Unless(source.FetchManifestAsync(digest, CancellationToken.None).Result == manifest, "a manifest is served by its digest");
                parts++;
            }

            foreach (var (digest, content) in repository.Blobs)
            {
                var descriptor = new Descriptor("a/b", digest, content.Length);
                FuzzFailure.UnlessSame(content.Span, source.FetchBlobAsync(descriptor, content.Length, CancellationToken.None).Result.Span, "a blob is served by its digest");
                parts++;
            }
        }

        return $"{recording.Repositories.Count} repositories, {Outcome.Magnitude(parts)} contents";
    }
}
