using System.Text;

namespace NodeGate.Oci.Tests;

/// <summary>Small manifests and indexes, to be changed in one place by each test.</summary>
internal static class Documents
{
    internal const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    internal const string Descriptor = $$"""{"mediaType":"application/x","digest":"sha256:{{Hex}}","size":7}""";

    internal static readonly string Manifest = Of(
        "\"schemaVersion\":2", $"\"mediaType\":\"{MediaTypes.OciManifest}\"", $"\"config\":{Descriptor}", $"\"layers\":[{Descriptor}]");

    internal static readonly string Index = Of(
        "\"schemaVersion\":2", $"\"mediaType\":\"{MediaTypes.OciIndex}\"", $"\"manifests\":[{Descriptor}]");

    internal static string Of(params string[] fields) => "{" + string.Join(',', fields) + "}";

    /// <summary>The document with <paramref name="field"/> as its last one.</summary>
    internal static string With(string document, string field) => document[..^1] + "," + field + "}";

    internal static Manifest ReadManifest(string json, string mediaType = MediaTypes.OciManifest) =>
        Oci.Manifest.Parse(Encoding.UTF8.GetBytes(json), mediaType);

    internal static ImageIndex ReadIndex(string json, string mediaType = MediaTypes.OciIndex) =>
        ImageIndex.Parse(Encoding.UTF8.GetBytes(json), mediaType);

    internal static string Refusal(string json, string mediaType = MediaTypes.OciManifest) =>
        Assert.ThrowsAny<FormatException>(() => MediaTypes.IsIndex(mediaType) ? (object)ReadIndex(json, mediaType) : ReadManifest(json, mediaType)).Message;
}
