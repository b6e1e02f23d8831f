using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace NodeGate.Oci;

/// <summary>
/// Reads manifests and indexes strictly: every check here is about documents that two parsers would read differently
/// (duplicate keys, mixed shapes, media types that disagree) or that grow without bound.
/// </summary>
internal static class ManifestReader
{
    private const string Schema1Prefix = "application/vnd.docker.distribution.manifest.v1+";

    internal static Manifest ReadManifest(ReadOnlyMemory<byte> content, string mediaType)
    {
        RequireMediaType(MediaTypes.IsManifest(mediaType), mediaType, "an image manifest (OCI, or Docker schema 2)");
        using var document = StrictJsonDocument.Open(content);
        var root = document.RootElement;
        RequireShape(root, mediaType, "manifests");
        var config = ReadDescriptor(JsonFields.Required(root, "config", ""), "config");
        return new Manifest(mediaType, config, ReadDescriptors(root, "layers", OciLimits.MaxLayers, ReadDescriptor))
        {
            ArtifactType = JsonFields.OptionalMediaType(root, "artifactType", ""),
            Subject = JsonFields.Optional(root, "subject") is { } subject ? ReadDescriptor(subject, "subject") : null,
            Annotations = ReadAnnotations(root, "annotations"),
        };
    }

    internal static ImageIndex ReadIndex(ReadOnlyMemory<byte> content, string mediaType)
    {
        RequireMediaType(MediaTypes.IsIndex(mediaType), mediaType, "an image index (OCI, or Docker manifest list)");
        using var document = StrictJsonDocument.Open(content);
        var root = document.RootElement;
        RequireShape(root, mediaType, "layers", "config");
        return new ImageIndex(mediaType, ReadDescriptors(root, "manifests", OciLimits.MaxIndexEntries, ReadDescriptor))
        {
            Annotations = ReadAnnotations(root, "annotations"),
        };
    }

    internal static ImageIndex ReadReferrers(ReadOnlyMemory<byte> content, string mediaType)
    {
        RequireMediaType(MediaTypes.IsIndex(mediaType), mediaType, "an image index (OCI, or Docker manifest list)");
        using var document = StrictJsonDocument.Open(content);
        var root = document.RootElement;
        RequireShape(root, mediaType, "layers", "config");
        return new ImageIndex(mediaType, ReadDescriptors(root, "manifests", OciLimits.MaxIndexEntries, ReadReferrer));
    }

    private static void RequireMediaType(bool fits, string mediaType, string expected)
    {
        if (mediaType.StartsWith(Schema1Prefix, StringComparison.OrdinalIgnoreCase))
        {
            throw Schema1();
        }

        if (!fits)
        {
            throw new FormatException($"Expected {expected}, found media type '{DisplayText.Of(mediaType)}'.");
        }
    }

    private static void RequireShape(JsonElement root, string mediaType, params ReadOnlySpan<string> forbidden)
    {
        JsonFields.RequireObject(root, "the document's root");
        var version = JsonFields.Count(root, "schemaVersion", "");
        if (version == 1 || root.TryGetProperty("fsLayers", out _))
        {
            throw Schema1();
        }

        if (version != 2)
        {
            throw new FormatException($"Expected 2 at schemaVersion, found {version}.");
        }

        // distribution specification: a client should refuse a manifest whose own type differs from the Content-Type.
        var own = JsonFields.OptionalText(root, "mediaType", "");
        if (own is not null && !string.Equals(own, mediaType, StringComparison.Ordinal))
        {
            throw new FormatException($"Expected '{mediaType}' at mediaType, as it was served, found '{DisplayText.Of(own)}'.");
        }

        // The same bytes must not be an index to one reader and a manifest to another (CVE-2021-41190).
        foreach (var name in forbidden)
        {
            if (root.TryGetProperty(name, out _))
            {
                throw new FormatException($"Expected no '{name}' in a document of type '{mediaType}'.");
            }
        }
    }

    private static FormatException Schema1() => new(
        "Found a Docker image manifest of schema 1, which cannot be verified and which containerd 2 no longer pulls; "
        + "expected schema 2 or OCI: push the image again with a current client.");

    /// <summary>The array must be there; null stands for an empty one, because that is how a Go registry writes a nil slice and how containerd reads it.</summary>
    private static ImmutableArray<Descriptor> ReadDescriptors(
        JsonElement root, string name, int max, Func<JsonElement, string, Descriptor> read)
    {
        if (!root.TryGetProperty(name, out var array))
        {
            throw new FormatException($"Expected an array at {name}, found none.");
        }

        if (array.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"Expected an array at {name}, found {array.ValueKind}.");
        }

        var count = array.GetArrayLength();
        if (count > max)
        {
            throw new OciLimitException($"There are {count} entries at {name}; at most {max} are read.");
        }

        var builder = ImmutableArray.CreateBuilder<Descriptor>(count);
        foreach (var element in array.EnumerateArray())
        {
            builder.Add(read(element, $"{name}[{builder.Count}]"));
        }

        return builder.MoveToImmutable();
    }

    private static Descriptor ReadDescriptor(JsonElement element, string path) => ReadTarget(element, path) with
    {
        ArtifactType = JsonFields.OptionalMediaType(element, "artifactType", path),
        Platform = JsonFields.Optional(element, "platform") is { } platform ? ReadPlatform(platform, path + ".platform") : null,
        Annotations = ReadAnnotations(element, path + ".annotations"),
    };

    /// <summary>
    /// A registry copies type and annotations out of the referrer, whoever pushed it: what cannot be read of them must not make the whole list,
    /// and with it every good signature of the image, unreadable.
    /// </summary>
    private static Descriptor ReadReferrer(JsonElement element, string path) => ReadTarget(element, path) with
    {
        ArtifactType = element.TryGetProperty("artifactType", out var type) && type.ValueKind == JsonValueKind.String
            && MediaTypes.IsWellFormed(type.GetString()!) ? type.GetString() : null,
    };

    private static Descriptor ReadTarget(JsonElement element, string path)
    {
        JsonFields.RequireObject(element, path);
        var mediaType = JsonFields.MediaType(JsonFields.RequiredText(element, "mediaType", path), path + ".mediaType");
        var text = JsonFields.RequiredText(element, "digest", path);
        if (!Digest.TryParse(text, out var digest))
        {
            throw new FormatException($"Expected a lower-case sha256 or sha512 digest at {path}.digest, found '{DisplayText.Of(text)}'.");
        }

        return new Descriptor(mediaType, digest, JsonFields.Count(element, "size", path));
    }

    private static Platform ReadPlatform(JsonElement element, string path)
    {
        JsonFields.RequireObject(element, path);
        return new Platform(
            JsonFields.RequiredText(element, "architecture", path),
            JsonFields.RequiredText(element, "os", path),
            JsonFields.OptionalText(element, "variant", path));
    }

    private static ImmutableDictionary<string, string> ReadAnnotations(JsonElement owner, string path)
    {
        if (JsonFields.Optional(owner, "annotations") is not { } element)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"Expected an object at {path}, found {element.ValueKind}.");
        }

        var builder = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var bytes = 0;
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                throw new FormatException($"Expected a string at {path}['{DisplayText.Of(property.Name)}'], found {property.Value.ValueKind}.");
            }

            var value = property.Value.GetString()!;
            bytes += Encoding.UTF8.GetByteCount(property.Name) + Encoding.UTF8.GetByteCount(value);
            if (builder.Count == OciLimits.MaxAnnotations || bytes > OciLimits.MaxAnnotationBytes)
            {
                throw new OciLimitException(
                    $"{path} is over the limit of {OciLimits.MaxAnnotations} annotations or {OciLimits.MaxAnnotationBytes} bytes.");
            }

            builder.Add(property.Name, value);
        }

        return builder.ToImmutable();
    }
}
