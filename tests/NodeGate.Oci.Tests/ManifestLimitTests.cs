using System.Text;

namespace NodeGate.Oci.Tests;

/// <summary>Each limit of <see cref="OciLimits"/> on documents: at the limit it is read, one more is an <see cref="OciLimitException"/>.</summary>
public sealed class ManifestLimitTests
{
    [Fact]
    public void Parse_Bytes_AreLimited()
    {
        static Manifest Read(int size) => Manifest.Parse(Encoding.ASCII.GetBytes(Documents.Manifest.PadRight(size)), MediaTypes.OciManifest);

        Assert.Single(Read(OciLimits.MaxManifestBytes).Layers);
        Assert.Throws<OciLimitException>(() => Read(OciLimits.MaxManifestBytes + 1));
        Assert.Throws<OciLimitException>(() => ImageIndex.Parse(new byte[OciLimits.MaxManifestBytes + 1], MediaTypes.OciIndex));
    }

    [Fact]
    public void Parse_Layers_AreLimited()
    {
        static string Json(int count) => Documents.Of("\"schemaVersion\":2", $"\"config\":{Documents.Descriptor}", $"\"layers\":[{Entries(count)}]");

        Assert.Equal(OciLimits.MaxLayers, Documents.ReadManifest(Json(OciLimits.MaxLayers)).Layers.Length);
        Assert.Throws<OciLimitException>(() => Documents.ReadManifest(Json(OciLimits.MaxLayers + 1)));
    }

    [Fact]
    public void Parse_IndexEntries_AreLimited()
    {
        static string Json(int count) => Documents.Of("\"schemaVersion\":2", $"\"manifests\":[{Entries(count)}]");

        Assert.Equal(OciLimits.MaxIndexEntries, Documents.ReadIndex(Json(OciLimits.MaxIndexEntries)).Manifests.Length);
        Assert.Throws<OciLimitException>(() => Documents.ReadIndex(Json(OciLimits.MaxIndexEntries + 1)));
    }

    [Fact]
    public void Parse_Annotations_AreLimited()
    {
        static string Json(int count) => Documents.With(
            Documents.Manifest, "\"annotations\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":\"\"")) + "}");

        Assert.Equal(OciLimits.MaxAnnotations, Documents.ReadManifest(Json(OciLimits.MaxAnnotations)).Annotations.Count);
        Assert.Throws<OciLimitException>(() => Documents.ReadManifest(Json(OciLimits.MaxAnnotations + 1)));
    }

    [Fact]
    public void Parse_AnnotationBytes_AreLimited()
    {
        // Two bytes of UTF-8 a character, one for the key.
        static string Json(int characters) => Documents.With(Documents.Manifest, $"\"annotations\":{{\"kk\":\"{new string('é', characters)}\"}}");
        const int Most = (OciLimits.MaxAnnotationBytes - 2) / 2;

        Assert.Equal(Most, Documents.ReadManifest(Json(Most)).Annotations["kk"].Length);
        Assert.Throws<OciLimitException>(() => Documents.ReadManifest(Json(Most + 1)));
    }

    [Fact]
    public void Parse_Depth_IsLimited()
    {
        // The root is the first level.
        static string Json(int depth) => Documents.With(
            Documents.Manifest, "\"x\":" + new string('[', depth - 1) + new string(']', depth - 1));

        Assert.Single(Documents.ReadManifest(Json(OciLimits.MaxJsonDepth)).Layers);
        Assert.Throws<OciLimitException>(() => Documents.ReadManifest(Json(OciLimits.MaxJsonDepth + 1)));
        Assert.Throws<OciLimitException>(() => Documents.ReadManifest(Json(1_000_000)));
        Assert.Throws<OciLimitException>(() => Documents.ReadManifest(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))));
    }

    [Fact]
    public void Parse_MediaTypeLength_IsLimited()
    {
        static string Json(int length) => Documents.Manifest.Replace("application/x", new string('x', length), StringComparison.Ordinal);
        static string Artifact(int length) => Documents.With(Documents.Manifest, $"\"artifactType\":\"{new string('x', length)}\"");

        Assert.Equal(OciLimits.MaxMediaTypeLength, Documents.ReadManifest(Json(OciLimits.MaxMediaTypeLength)).Config.MediaType.Length);
        Assert.Throws<OciLimitException>(() => Documents.ReadManifest(Json(OciLimits.MaxMediaTypeLength + 1)));
        Assert.Equal(OciLimits.MaxMediaTypeLength, Documents.ReadManifest(Artifact(OciLimits.MaxMediaTypeLength)).ArtifactType?.Length);
        Assert.Throws<OciLimitException>(() => Documents.ReadManifest(Artifact(OciLimits.MaxMediaTypeLength + 1)));
    }

    [Fact]
    public void OciLimitException_IsAFormatException() =>
        Assert.IsAssignableFrom<FormatException>(new OciLimitException("x"));

    private static string Entries(int count) => string.Join(',', Enumerable.Repeat(Documents.Descriptor, count));
}
