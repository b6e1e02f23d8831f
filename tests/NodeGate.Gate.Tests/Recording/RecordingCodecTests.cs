using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Gate.Recording;
using NodeGate.Oci;

namespace NodeGate.Gate.Tests.Recording;

public sealed class RecordingCodecTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 14, 0, 0, 123, TimeSpan.FromHours(2));

    [Fact]
    public void Decode_WhatWasEncoded_EncodesToTheSameBytes()
    {
        var encoded = Sample();

        var decoded = RecordingCodec.Decode(encoded);

        Assert.Equal(encoded, RecordingCodec.Encode(decoded));
        Assert.Equal(Time, decoded.CollectedAt);
        var repository = decoded.Repositories["reg.example/app"];
        Assert.Equal(2, repository.Tags.Count);
        Assert.Null(repository.Tags["absent"]);
        Assert.Equal(2, repository.Manifests.Count);
        Assert.Equal([null, "a/c"], Assert.Single(repository.Referrers.Values, list => list.Length == 2).Select(d => d.ArtifactType));
        Assert.Equal("{}", Encoding.UTF8.GetString(Assert.Single(repository.Blobs).Value.Span));
        Assert.True(decoded.Repositories.ContainsKey("sig.example/evidence"));
    }

    [Theory]
    [InlineData("kind", "\"Else\"", "kind")]
    [InlineData("apiVersion", "1", "apiVersion")]
    [InlineData("image", "\"nginx\"", "image")]
    [InlineData("collectedAt", "\"2026-11-21\"", "collectedAt")]
    [InlineData("repositories", "{}", "repositories")]
    [InlineData("more", "1", "unknown member 'more'")]
    public void Decode_WrongMember_IsRefusedWithItsPlace(string member, string value, string expected) =>
        Refused(root => root[member] = JsonNode.Parse(value), expected);

    [Theory]
    [InlineData("name", "\"reg.example/app:1\"", "repositories[0].name")]
    [InlineData("name", "\"nginx\"", "repositories[0].name")]
    [InlineData("tags", """[{"tag":"a b","digest":null}]""", "repositories[0].tags[0].tag")]
    [InlineData("tags", """[{"tag":"a"}]""", "repositories[0].tags[0].digest")]
    [InlineData("tags", """[{"tag":"a","digest":"sha256:00"}]""", "repositories[0].tags[0].digest")]
    [InlineData("tags", """[{"tag":"b","digest":null},{"tag":"a","digest":null}]""", "ascending order")]
    [InlineData("tags", """[{"tag":"a","digest":null},{"tag":"a","digest":null}]""", "ascending order")]
    [InlineData("tags", """[7]""", "repositories[0].tags[0]")]
    [InlineData("blobs", """[{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","content":"e30="}]""", "the recording was changed")]
    [InlineData("blobs", """[{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","content":"?"}]""", "base64")]
    [InlineData("referrers", """[{"subject":"x","list":[]}]""", "repositories[0].referrers[0].subject")]
    [InlineData("referrers", """[{"subject":"sha256:0000000000000000000000000000000000000000000000000000000000000000","list":[{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","mediaType":"a/b","size":-1,"artifactType":null}]}]""", "list[0].size")]
    [InlineData("referrers", """[{"subject":"sha256:0000000000000000000000000000000000000000000000000000000000000000","list":[{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","mediaType":"ä","size":1,"artifactType":null}]}]""", "list[0].mediaType")]
    public void Decode_WrongPartOfARepository_IsRefusedWithItsPlace(string member, string value, string expected) =>
        Refused(root => root["repositories"]![0]![member] = JsonNode.Parse(value), expected);

    [Fact]
    public void Decode_ManifestOfAnotherType_IsRefused() =>
        Refused(root => root["repositories"]![0]!["manifests"]![0]!["mediaType"] = "text/html", "manifests[0].mediaType");

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"kind":"a","kind":"b"}""")]
    public void Decode_NoRecording_IsRefused(string text) =>
        Assert.ThrowsAny<FormatException>(() => RecordingCodec.Decode(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Decode_BeyondTheFileLimit_IsNotRead() =>
        Assert.Throws<OciLimitException>(() => RecordingCodec.Decode(new byte[GateLimits.MaxRecordingBytes + 1]));

    [Fact]
    public void Decode_BeyondEachLimitOfContent_IsRefused()
    {
        Refused<OciLimitException>(
            root => root["repositories"] = new JsonArray([.. Enumerable.Range(0, GateLimits.MaxRecordedRepositories + 1).Select(i => Repository($"reg.example/r{i}", 1))]),
            "exceeds");
        Refused<OciLimitException>(root => root["repositories"] = new JsonArray(Repository("reg.example/r", GateLimits.MaxRecordedEntries + 1)), "exceeds");
        var manifest = new byte[OciLimits.MaxManifestBytes + 1];
        Refused<OciLimitException>(
            root =>
            {
                var entry = root["repositories"]![0]!["manifests"]![0]!;
                entry["digest"] = Digest.Of(manifest).ToString();
                entry["content"] = Convert.ToBase64String(manifest);
            },
            "at most");
    }

    [Fact]
    public void Encode_LargestRecording_IsWithinTheFileLimit()
    {
        var builder = new ContentRecordingBuilder();
        var longest = new string('"', OciLimits.MaxMediaTypeLength);
        var digest = Digest.Of([], DigestAlgorithm.Sha512);
        var referrer = new Descriptor(longest, digest, long.MaxValue) { ArtifactType = longest };
        Assert.True(builder.AddReferrers("reg.example/r", digest, [.. Enumerable.Repeat(referrer, GateLimits.MaxRecordedEntries - 2)]));
        Assert.True(builder.AddBlob("reg.example/r", digest, new byte[GateLimits.MaxRecordedContentBytes]));

        Assert.InRange(RecordingCodec.Encode(builder.Build(ImageReference.Parse("nginx"), Time)).Length, 1, GateLimits.MaxRecordingBytes);
    }

    internal static byte[] Sample()
    {
        var builder = new ContentRecordingBuilder();
        var content = "{}"u8.ToArray();
        var digest = Digest.Of(content);
        var long512 = Digest.Of(content, DigestAlgorithm.Sha512);
        builder.AddTag("reg.example/app", "1", digest);
        builder.AddTag("reg.example/app", "absent", null);
        builder.AddManifest("reg.example/app", new FetchedManifest(new Descriptor(MediaTypes.OciManifest, digest, 2), content));
        builder.AddManifest("reg.example/app", new FetchedManifest(new Descriptor(MediaTypes.OciIndex, long512, 2), content));
        builder.AddReferrers("reg.example/app", digest, [new Descriptor("a/b", digest, 2), new Descriptor("a/b", long512, 2) { ArtifactType = "a/c" }]);
        builder.AddReferrers("reg.example/app", long512, []);
        builder.AddBlob("reg.example/app", digest, content);
        builder.AddTag("sig.example/evidence", "x", null);
        return RecordingCodec.Encode(builder.Build(ImageReference.Parse("reg.example/app:1"), Time));
    }

    private static JsonNode Repository(string name, int tags) => new JsonObject
    {
        ["name"] = name,
        ["tags"] = new JsonArray([.. Enumerable.Range(0, tags).Select(i => new JsonObject { ["tag"] = $"t{i:D5}", ["digest"] = null })]),
        ["manifests"] = new JsonArray(),
        ["referrers"] = new JsonArray(),
        ["blobs"] = new JsonArray(),
    };

    private static void Refused(Action<JsonNode> change, string expected) => Refused<FormatException>(change, expected);

    private static void Refused<T>(Action<JsonNode> change, string expected)
        where T : FormatException
    {
        var root = JsonNode.Parse(Sample())!;
        change(root);
        var refusal = Assert.Throws<T>(() => RecordingCodec.Decode(Encoding.UTF8.GetBytes(root.ToJsonString())));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }
}
