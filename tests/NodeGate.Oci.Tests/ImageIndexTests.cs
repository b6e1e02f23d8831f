namespace NodeGate.Oci.Tests;

public sealed class ImageIndexTests
{
    [Theory]
    [InlineData(MediaTypes.OciIndex)]
    [InlineData(MediaTypes.DockerManifestList)]
    public void Parse_IndexOfEachType_IsRead(string mediaType)
    {
        var index = Documents.ReadIndex(
            $$"""
            {
              "schemaVersion": 2, "mediaType": "{{mediaType}}",
              "manifests": [
                {"mediaType": "application/a", "digest": "sha256:{{Documents.Hex}}", "size": 1, "artifactType": "application/t",
                 "platform": {"architecture": "arm", "os": "linux", "variant": "v7", "os.features": ["x"] } },
                {"mediaType": "application/b", "digest": "sha256:{{Documents.Hex}}", "size": 2, "platform": null, "artifactType": ""}
              ],
              "annotations": {"k": "v"}
            }
            """,
            mediaType);

        Assert.Equal(["application/a", "application/b"], index.Manifests.Select(entry => entry.MediaType));
        Assert.Equal("application/t", index.Manifests[0].ArtifactType);
        Assert.Equal(new Platform("arm", "linux", "v7"), index.Manifests[0].Platform);
        Assert.Null(index.Manifests[1].ArtifactType);
        Assert.Null(index.Manifests[1].Platform);
        Assert.Equal("v", index.Annotations["k"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public void Parse_NoEntries_IsAnEmptyList(string manifests) =>
        Assert.Empty(Documents.ReadIndex(Documents.Of("\"schemaVersion\":2", $"\"manifests\":{manifests}")).Manifests);

    [Theory]
    [InlineData("\"layers\":[]", "'layers'")]
    [InlineData("\"layers\":null", "'layers'")]
    [InlineData("\"config\":{}", "'config'")]
    [InlineData("\"fsLayers\":[]", "schema 1")]
    [InlineData("\"Manifests\":[]", "'manifests'")]
    public void Parse_IndexThatIsSomethingElseAsWell_IsRefused(string field, string text) =>
        Assert.Contains(text, Documents.Refusal(Documents.With(Documents.Index, field), MediaTypes.OciIndex), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"manifests\":", "\"entries\":", "manifests")]
    [InlineData("\"manifests\":[", "\"manifests\":1,\"x\":[", "manifests")]
    [InlineData("\"size\":7}]", "\"size\":7},{}]", "manifests[1].mediaType")]
    [InlineData("\"size\":7}]", "\"size\":7,\"platform\":{\"architecture\":1,\"os\":\"\"}}]", "manifests[0].platform.architecture")]
    [InlineData("\"size\":7}]", "\"size\":7,\"platform\":{\"Architecture\":\"a\",\"os\":\"\"}}]", "manifests[0].platform.Architecture")]
    public void Parse_OneFieldWrong_IsRefusedWithItsPath(string found, string replacement, string path)
    {
        var broken = Documents.Index.Replace(found, replacement, StringComparison.Ordinal);

        Assert.Contains(path, Documents.Refusal(broken, MediaTypes.OciIndex), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ManifestServedAsIndex_IsRefused()
    {
        Assert.Contains("as it was served", Documents.Refusal(Documents.Manifest, MediaTypes.OciIndex), StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Documents.ReadIndex(Documents.Index, MediaTypes.OciManifest));
    }
}
