using System.Text;

namespace NodeGate.Oci.Tests;

public sealed class ManifestTests
{
    [Theory]
    [InlineData(MediaTypes.OciManifest)]
    [InlineData(MediaTypes.DockerManifest)]
    public void Parse_ManifestOfEachType_IsRead(string mediaType)
    {
        var manifest = Documents.ReadManifest(
            $$$"""
            {
              "schemaVersion": 2, "mediaType": "{{{mediaType}}}", "artifactType": "application/y", "unknown": {"a": [1.5e300, true, null]},
              "config": {"mediaType": "application/c", "digest": "sha512:{{{Documents.Hex}}}{{{Documents.Hex}}}", "size": 0, "urls": [], "data": "e30="},
              "layers": [{"mediaType": "application/l; charset=utf-8", "digest": "sha256:{{{Documents.Hex}}}", "size": 9223372036854775807,
                          "annotations": {"k": "v\u00e9\ud83d\udc33", "": ""}}],
              "subject": {"mediaType": "application/s", "digest": "sha256:{{{Documents.Hex}}}", "size": 1},
              "annotations": {"Layers": "an annotation has any name"}
            }
            """,
            mediaType);

        Assert.Equal(mediaType, manifest.MediaType);
        Assert.Equal("application/y", manifest.ArtifactType);
        Assert.Equal(DigestAlgorithm.Sha512, manifest.Config.Digest.Algorithm);
        Assert.Equal(0, manifest.Config.Size);
        var layer = Assert.Single(manifest.Layers);
        Assert.Equal(long.MaxValue, layer.Size);
        Assert.Equal("v\u00e9\ud83d\udc33", layer.Annotations["k"]);
        Assert.Equal("application/s", manifest.Subject?.MediaType);
        Assert.Equal("an annotation has any name", manifest.Annotations["Layers"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"artifactType\":null")]
    [InlineData(",\"artifactType\":\"\"")]
    public void EffectiveArtifactType_NoneDeclared_IsThatOfTheConfig(string field)
    {
        var manifest = Documents.ReadManifest(Documents.Manifest[..^1] + field + "}");

        Assert.Null(manifest.ArtifactType);
        Assert.Equal("application/x", manifest.EffectiveArtifactType);
    }

    [Theory]
    [InlineData("\"subject\":null")]
    [InlineData("\"annotations\":null")]
    public void Parse_NullWhereAFieldIsOptional_IsAbsent(string field)
    {
        var manifest = Documents.ReadManifest(Documents.With(Documents.Manifest, field));

        Assert.Null(manifest.Subject);
        Assert.Empty(manifest.Annotations);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public void Parse_NoLayers_IsAnEmptyList(string layers) =>
        Assert.Empty(Documents.ReadManifest(Documents.Of("\"schemaVersion\":2", $"\"config\":{Documents.Descriptor}", $"\"layers\":{layers}")).Layers);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("{\"schemaVersion\":2,}")]
    [InlineData("/* */{}")]
    [InlineData("{\"schemaVersion\":02}")]
    [InlineData("{\"schemaVersion\":NaN}")]
    [InlineData("{'schemaVersion':2}")]
    [InlineData("\uFEFF{\"schemaVersion\":2}")]
    public void Parse_WhatIsNoStrictObject_IsRefused(string json) => Assert.NotEmpty(Documents.Refusal(json));

    [Theory]
    [InlineData("\"schemaVersion\":2", "", "schemaVersion")]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":null", "schemaVersion")]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":3", "schemaVersion, found 3")]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":2.0", "schemaVersion")]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":\"2\"", "schemaVersion")]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":[2]", "schemaVersion")]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":99999999999999999999", "schemaVersion")]
    [InlineData("\"size\":7}]", "\"size\":-1}]", "layers[0].size")]
    [InlineData("\"size\":7}]", "\"size\":7.0}]", "layers[0].size")]
    [InlineData("\"size\":7}]", "\"size\":7e0}]", "layers[0].size")]
    [InlineData("\"size\":7}]", "\"size\":9223372036854775808}]", "layers[0].size")]
    [InlineData("\"size\":7}]", "\"size\":1e400}]", "layers[0].size")]
    [InlineData("\"size\":7}]", "\"size\":\"7\"}]", "layers[0].size")]
    [InlineData("\"size\":7}]", "\"size\":null}]", "layers[0].size")]
    [InlineData(",\"size\":7}]", "}]", "layers[0].size")]
    [InlineData("\"size\":7}]", "\"size\":7},7]", "layers[1]")]
    [InlineData("\"size\":7}]", "\"size\":7},null]", "layers[1]")]
    [InlineData("\"layers\":[", "\"layers\":{\"a\":[", "strict JSON")]
    [InlineData("\"layers\":", "\"layer\":", "layers")]
    [InlineData("\"config\":", "\"konfig\":", "config")]
    [InlineData("\"config\":{", "\"config\":null,\"x\":{", "config")]
    [InlineData("\"config\":{", "\"config\":1,\"x\":{", "config")]
    [InlineData("\"mediaType\":\"application/x\"", "\"mediaType\":\"\"", "config.mediaType")]
    [InlineData("\"mediaType\":\"application/x\"", "\"mediaType\":\"a\\u000ab\"", "config.mediaType")]
    [InlineData("\"mediaType\":\"application/x\"", "\"mediaType\":\"\\u202e\"", "config.mediaType")]
    [InlineData("\"mediaType\":\"application/x\"", "\"mediaType\":1", "config.mediaType")]
    [InlineData("\"mediaType\":\"application/x\",", "", "config.mediaType")]
    [InlineData("sha256:0", "sha256:A", "config.digest")]
    [InlineData("sha256:0", "sha384:0", "config.digest")]
    [InlineData("sha256:0", "sha256:", "config.digest")]
    [InlineData("\"size\":7}]", "\"size\":7,\"platform\":1}]", "layers[0].platform")]
    [InlineData("\"size\":7}]", "\"size\":7,\"platform\":{}}]", "layers[0].platform.architecture")]
    [InlineData("\"size\":7}]", "\"size\":7,\"platform\":{\"architecture\":\"a\"}}]", "layers[0].platform.os")]
    [InlineData("\"size\":7}]", "\"size\":7,\"annotations\":[]}]", "layers[0].annotations")]
    [InlineData("\"size\":7}]", "\"size\":7,\"annotations\":{\"k\":1}}]", "layers[0].annotations['k']")]
    [InlineData("\"size\":7}]", "\"size\":7,\"annotations\":{\"k\":null}}]", "layers[0].annotations['k']")]
    [InlineData("\"size\":7}]", "\"size\":7,\"artifactType\":7}]", "layers[0].artifactType")]
    public void Parse_OneFieldWrong_IsRefusedWithItsPath(string found, string replacement, string path)
    {
        var broken = Documents.Manifest.Replace(found, replacement, StringComparison.Ordinal).Replace("{,", "{", StringComparison.Ordinal);

        Assert.NotEqual(Documents.Manifest, broken);
        Assert.Contains(path, Documents.Refusal(broken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"schemaVersion\":2")]
    [InlineData("\"schem\\u0061Version\":2")]
    [InlineData("\"layers\":[]")]
    [InlineData("\"x\":1,\"x\":1")]
    [InlineData("\"x\":1,\"\\u0078\":1")]
    [InlineData("\"x\":[{\"y\":{\"z\":1,\"z\":1}}]")]
    [InlineData("\"annotations\":{\"a\":\"1\",\"a\":\"2\"}")]
    public void Parse_KeyTwice_IsRefusedAtAnyDepth(string field) =>
        Assert.Contains("strict JSON", Documents.Refusal(Documents.With(Documents.Manifest, field)), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"Config\":null", "config")]
    [InlineData("\"LAYERS\":[]", "layers")]
    [InlineData("\"layer\u017F\":[]", "layers")]
    [InlineData("\"layer\\u017f\":[]", "layers")]
    [InlineData("\"Manifests\":[]", "manifests")]
    [InlineData("\"SUBJECT\":{}", "subject")]
    [InlineData("\"mediatype\":\"x\"", "mediaType")]
    public void Parse_FieldThatGoWouldTakeForAnother_IsRefused(string field, string name) =>
        Assert.Contains($"Expected '{name}'", Documents.Refusal(Documents.With(Documents.Manifest, field)), StringComparison.Ordinal);

    [Fact]
    public void Parse_DescriptorFieldThatGoWouldTakeForAnother_IsRefused()
    {
        var broken = Documents.Manifest.Replace("\"size\":7}]", $"\"size\":7,\"Digest\":\"sha256:{Documents.Hex}\"}}]", StringComparison.Ordinal);

        Assert.Contains("layers[0].Digest", Documents.Refusal(broken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"manifests\":[]")]
    [InlineData("\"manifests\":null")]
    public void Parse_ManifestThatIsAnIndexAsWell_IsRefused(string field) =>
        Assert.Contains("'manifests'", Documents.Refusal(Documents.With(Documents.Manifest, field)), StringComparison.Ordinal);

    [Fact]
    public void Parse_MediaTypeUnlikeTheServedOne_IsRefused() =>
        Assert.Contains("as it was served", Documents.Refusal(Documents.Manifest, MediaTypes.DockerManifest), StringComparison.Ordinal);

    [Theory]
    [InlineData(MediaTypes.OciIndex)]
    [InlineData("")]
    [InlineData("application/json")]
    [InlineData("APPLICATION/VND.OCI.IMAGE.MANIFEST.V1+JSON")]
    public void Parse_ServedAsSomethingElse_IsRefused(string mediaType) =>
        Assert.Throws<FormatException>(() => Documents.ReadManifest(Documents.Manifest, mediaType));

    [Theory]
    [InlineData("application/vnd.docker.distribution.manifest.v1+json")]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws")]
    public void Parse_Schema1ByItsType_IsRefusedWithTheFix(string mediaType)
    {
        var exception = Assert.Throws<FormatException>(() => Documents.ReadManifest("{}", mediaType));

        Assert.Contains("schema 1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("push the image again", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Schema1ByItsContent_IsRefusedWithTheFix()
    {
        Assert.Contains("schema 1", Documents.Refusal("{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[]}", MediaTypes.DockerManifest), StringComparison.Ordinal);
        Assert.Contains("schema 1", Documents.Refusal(Documents.With(Documents.Manifest, "\"fsLayers\":[]")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"x\":\"\u00FF\"")]
    [InlineData("\"\u00FF\":1")]
    [InlineData("\"annotations\":{\"\u00FF\":\"\"}")]
    public void Parse_InvalidUtf8_IsRefused(string field)
    {
        // Latin-1 makes of U+00FF the byte 0xFF, which no UTF-8 has.
        var bytes = Encoding.Latin1.GetBytes(Documents.With(Documents.Manifest, field));

        Assert.Contains("UTF-8", Assert.Throws<FormatException>(() => Manifest.Parse(bytes, MediaTypes.OciManifest)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"x\":\"\\ud800\"")]
    [InlineData("\"x\":\"\\udc00\\ud800\"")]
    [InlineData("\"\\ud800\":1")]
    [InlineData("\"annotations\":{\"\\udfff\":\"\"}")]
    [InlineData("\"annotations\":{\"a\":\"\\ud83dx\"}")]
    public void Parse_LoneSurrogate_IsRefusedWithItsPlace(string field) =>
        Assert.Contains("half a surrogate pair", Documents.Refusal(Documents.With(Documents.Manifest, field)), StringComparison.Ordinal);

    [Fact]
    public void Parse_HostileTextInAMessage_IsShownShortAndHarmless()
    {
        var name = "\\u001b\\u000a" + new string('x', 100_000);
        string[] documents =
        [
            Documents.With(Documents.Manifest, $"\"annotations\":{{\"{name}\":1}}"),
            Documents.Manifest.Replace(MediaTypes.OciManifest, name, StringComparison.Ordinal),
            Documents.Manifest.Replace("sha256:", name, StringComparison.Ordinal),
            Documents.With(Documents.Manifest, $"\"{name}\":1,\"{name}\":1"),
        ];

        Assert.All(documents, document =>
        {
            var message = Documents.Refusal(document);
            Assert.InRange(message.Length, 1, 600);
            Assert.DoesNotContain(message, char.IsControl);
        });
    }
}
