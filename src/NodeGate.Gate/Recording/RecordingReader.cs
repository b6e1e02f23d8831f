using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using NodeGate.Oci;
using NodeGate.Verification.Strict;

namespace NodeGate.Gate.Recording;

/// <summary>
/// Reads a recording strictly: every member is known and there, every list in order and therefore without a second entry, every content has
/// its digest, everything within the limits. Somebody may have edited the file; what it says is judged like a registry's answer.
/// </summary>
internal sealed class RecordingReader
{
    private readonly ContentRecordingBuilder _recording = new();

    private RecordingReader()
    {
    }

    internal static ContentRecording Read(ReadOnlyMemory<byte> content)
    {
        using var document = StrictJsonDocument.Open(content, GateLimits.MaxRecordingBytes);
        return new RecordingReader().ReadRecording(document.RootElement);
    }

    private ContentRecording ReadRecording(JsonElement root)
    {
        Only(root, "the document's root", ["apiVersion", "kind", "image", "collectedAt", "repositories"]);
        Literal(root, "apiVersion", RecordingCodec.ApiVersion);
        Literal(root, "kind", RecordingCodec.Kind);
        var text = Text(root, "image", "");
        if (!ImageReference.TryParse(text, out var image, out _) || image.ToString() != text)
        {
            throw Wrong("image", Shown.Text(text), "a normalised reference, with registry and tag or digest");
        }

        var time = Text(root, "collectedAt", "");
        if (!StrictTime.TryParse(time, out var collectedAt))
        {
            throw Wrong("collectedAt", Shown.Text(time), "a time such as 2026-01-31T12:00:00.000Z (RFC 3339)");
        }

        foreach (var (repository, path) in Sorted(root, "repositories", "", "name"))
        {
            ReadRepository(repository, path);
        }

        return _recording.Build(image, collectedAt);
    }

    private void ReadRepository(JsonElement element, string path)
    {
        Only(element, path, ["name", "tags", "manifests", "referrers", "blobs"]);
        var name = Text(element, "name", path);
        if (!ImageReference.TryParse(name + ":tag", out var parsed, out _) || parsed.Name != name)
        {
            throw Wrong(path + ".name", Shown.Text(name), "a normalised repository, with its registry and without tag and digest");
        }

        foreach (var (entry, at) in Sorted(element, "tags", path, "tag"))
        {
            Only(entry, at, ["tag", "digest"]);
            var tag = Text(entry, "tag", at);
            if (!ImageReference.TryParse($"{name}:{tag}", out parsed, out _) || parsed.Tag != tag)
            {
                throw Wrong(at + ".tag", Shown.Text(tag), "a tag");
            }

            var digest = Member(entry, "digest", at).ValueKind == JsonValueKind.Null ? null : DigestOf(entry, "digest", at);
            Keep(_recording.AddTag(name, tag, digest), at);
        }

        foreach (var (entry, at) in Sorted(element, "manifests", path, "digest"))
        {
            Only(entry, at, ["digest", "mediaType", "content"]);
            var mediaType = Text(entry, "mediaType", at);
            if (!MediaTypes.IsManifest(mediaType) && !MediaTypes.IsIndex(mediaType))
            {
                throw Wrong(at + ".mediaType", Shown.Text(mediaType), "the media type of an image manifest or index (OCI, or Docker schema 2)");
            }

            var (digest, content) = ContentOf(entry, at, OciLimits.MaxManifestBytes);
            Keep(_recording.AddManifest(name, new FetchedManifest(new Descriptor(mediaType, digest, content.Length), content)), at);
        }

        foreach (var (entry, at) in Sorted(element, "referrers", path, "subject"))
        {
            Only(entry, at, ["subject", "list"]);
            ImmutableArray<Descriptor> list = [.. Items(entry, "list", at).Select(item => ReadReferrer(item.Element, item.Path))];
            Keep(_recording.AddReferrers(name, DigestOf(entry, "subject", at), list), at);
        }

        foreach (var (entry, at) in Sorted(element, "blobs", path, "digest"))
        {
            Only(entry, at, ["digest", "content"]);
            var (digest, content) = ContentOf(entry, at, GateLimits.MaxRecordedContentBytes);
            Keep(_recording.AddBlob(name, digest, content), at);
        }
    }

    private static Descriptor ReadReferrer(JsonElement element, string path)
    {
        Only(element, path, ["digest", "mediaType", "size", "artifactType"]);
        var size = Member(element, "size", path);
        return size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes >= 0
            ? new Descriptor(MediaType(element, "mediaType", path), DigestOf(element, "digest", path), bytes)
            {
                ArtifactType = Member(element, "artifactType", path).ValueKind == JsonValueKind.Null ? null : MediaType(element, "artifactType", path),
            }
            : throw Wrong(path + ".size", size.ValueKind.ToString(), "a whole number that is not negative");
    }

    private static void Only(JsonElement element, string path, string[] names)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, element.ValueKind.ToString(), "an object");
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                throw Wrong(path, $"the unknown member {Shown.Text(member.Name)}", "one of " + string.Join(", ", names));
            }
        }
    }

    private static JsonElement Member(JsonElement owner, string name, string path) =>
        owner.TryGetProperty(name, out var value) ? value : throw Wrong(Join(path, name), "none", "a value");

    private static string Text(JsonElement owner, string name, string path) =>
        Member(owner, name, path) is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : throw Wrong(Join(path, name), Member(owner, name, path).ValueKind.ToString(), "a string");

    private static void Literal(JsonElement owner, string name, string expected)
    {
        if (Text(owner, name, "") is var text && text != expected)
        {
            throw Wrong(name, Shown.Text(text), $"'{expected}'");
        }
    }

    private static string MediaType(JsonElement owner, string name, string path) =>
        Text(owner, name, path) is var text && MediaTypes.IsWellFormed(text)
            ? text
            : throw Wrong(Join(path, name), Shown.Text(text), "a media type of printable ASCII characters");

    private static Digest DigestOf(JsonElement owner, string name, string path) =>
        Digest.TryParse(Text(owner, name, path), out var digest)
            ? digest
            : throw Wrong(Join(path, name), Shown.Text(Text(owner, name, path)), "a lower-case sha256 or sha512 digest");

    private static (Digest Digest, byte[] Content) ContentOf(JsonElement owner, string path, int maxBytes)
    {
        var digest = DigestOf(owner, "digest", path);
        _ = Text(owner, "content", path);
        if (!Member(owner, "content", path).TryGetBytesFromBase64(out var content))
        {
            throw Wrong(path + ".content", "a text that is none", "base64");
        }

        if (content.Length > maxBytes)
        {
            throw new OciLimitException($"The content at {path} has {content.Length} bytes; at most {maxBytes} are read.");
        }

        return digest.Matches(content)
            ? (digest, content)
            : throw Wrong(path + ".content", Digest.Of(content, digest.Algorithm).ToString(), $"bytes with the digest {digest}: the recording was changed");
    }

    private static IEnumerable<(JsonElement Element, string Path)> Items(JsonElement owner, string name, string path)
    {
        var list = Member(owner, name, path);
        var at = Join(path, name);
        return list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select((item, i) => (item, $"{at}[{i}]"))
            : throw Wrong(at, list.ValueKind.ToString(), "an array");
    }

    /// <summary>The entries of a list that is in ascending order of <paramref name="key"/>: none twice, and one writing for each recording.</summary>
    private static IEnumerable<(JsonElement Element, string Path)> Sorted(JsonElement owner, string name, string path, string key)
    {
        string? before = null;
        foreach (var (element, at) in Items(owner, name, path))
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(at, element.ValueKind.ToString(), "an object");
            }

            var text = Text(element, key, at);
            if (before is not null && string.CompareOrdinal(before, text) >= 0)
            {
                throw Wrong(Join(at, key), $"{Shown.Text(text)} after {Shown.Text(before)}", "ascending order, each once");
            }

            before = text;
            yield return (element, at);
        }
    }

    private static void Keep([DoesNotReturnIf(false)] bool isKept, string path)
    {
        if (!isKept)
        {
            throw new OciLimitException(
                $"At {path} the recording exceeds {GateLimits.MaxRecordedRepositories} repositories, {GateLimits.MaxRecordedEntries} entries "
                + $"or {GateLimits.MaxRecordedContentBytes} bytes of content.");
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private static FormatException Wrong(string path, string found, string expected) => new($"{path}: found {found}; expected {expected}.");
}
