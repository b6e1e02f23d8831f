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
    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = OciLimits.MaxJsonDepth,
        CommentHandling = JsonCommentHandling.Disallow,
        AllowTrailingCommas = false,
    };

    internal static Manifest ReadManifest(ReadOnlyMemory<byte> content, string mediaType)
    {
        if (!MediaTypes.IsManifest(mediaType))
        {
            throw new FormatException($"Expected an image manifest, found media type '{mediaType}'.");
        }

        using var document = Open(content);
        var root = document.RootElement;
        RequireShape(root, mediaType, forbidden: "manifests");
        var config = ReadDescriptor(Required(root, "config"), "config");
        var layers = ReadDescriptors(Required(root, "layers"), "layers", OciLimits.MaxLayers);
        return new Manifest(mediaType, config, layers)
        {
            ArtifactType = OptionalString(root, "artifactType", "artifactType"),
            Subject = Optional(root, "subject") is { } subject ? ReadDescriptor(subject, "subject") : null,
            Annotations = ReadAnnotations(root, "annotations"),
        };
    }

    internal static ImageIndex ReadIndex(ReadOnlyMemory<byte> content, string mediaType)
    {
        if (!MediaTypes.IsIndex(mediaType))
        {
            throw new FormatException($"Expected an image index, found media type '{mediaType}'.");
        }

        using var document = Open(content);
        var root = document.RootElement;
        RequireShape(root, mediaType, forbidden: "layers");
        return new ImageIndex(mediaType, ReadDescriptors(Required(root, "manifests"), "manifests", OciLimits.MaxIndexEntries))
        {
            Annotations = ReadAnnotations(root, "annotations"),
        };
    }

    private static JsonDocument Open(ReadOnlyMemory<byte> content)
    {
        if (content.Length > OciLimits.MaxManifestBytes)
        {
            throw new FormatException($"The manifest has {content.Length} bytes; at most {OciLimits.MaxManifestBytes} are read.");
        }

        try
        {
            return JsonDocument.Parse(content, Strict);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The manifest is not strict JSON: {e.Message}", e);
        }
    }

    private static void RequireShape(JsonElement root, string mediaType, string forbidden)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"Expected a JSON object, found {root.ValueKind}.");
        }

        if (!Required(root, "schemaVersion").TryGetInt32OrNull(out var version) || version != 2)
        {
            throw new FormatException("Expected schemaVersion 2.");
        }

        // distribution specification: a client should refuse a manifest whose own type differs from the Content-Type.
        var own = OptionalString(root, "mediaType", "mediaType");
        if (own is not null && !string.Equals(own, mediaType, StringComparison.Ordinal))
        {
            throw new FormatException($"The manifest calls itself '{own}' but was served as '{mediaType}'.");
        }

        // The same bytes must not be an index to one reader and a manifest to another (CVE-2021-41190).
        if (root.TryGetProperty(forbidden, out _) || (forbidden == "layers" && root.TryGetProperty("config", out _)))
        {
            throw new FormatException($"A document of type '{mediaType}' must not have '{forbidden}'.");
        }
    }

    private static ImmutableArray<Descriptor> ReadDescriptors(JsonElement array, string path, int max)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"Expected an array at {path}, found {array.ValueKind}.");
        }

        var count = array.GetArrayLength();
        if (count > max)
        {
            throw new FormatException($"{path} has {count} entries; at most {max} are read.");
        }

        var builder = ImmutableArray.CreateBuilder<Descriptor>(count);
        foreach (var element in array.EnumerateArray())
        {
            builder.Add(ReadDescriptor(element, path + "[" + builder.Count + "]"));
        }

        return builder.MoveToImmutable();
    }

    private static Descriptor ReadDescriptor(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"Expected a descriptor at {path}, found {element.ValueKind}.");
        }

        var mediaType = RequiredString(element, "mediaType", path);
        if (mediaType.Length is 0 or > OciLimits.MaxMediaTypeLength)
        {
            throw new FormatException($"Expected a media type of 1 to {OciLimits.MaxMediaTypeLength} characters at {path}.mediaType.");
        }

        if (!Digest.TryParse(RequiredString(element, "digest", path), out var digest))
        {
            throw new FormatException($"Expected a lower-case sha256 or sha512 digest at {path}.digest.");
        }

        if (!Required(element, "size", path).TryGetInt64OrNull(out var size) || size < 0)
        {
            throw new FormatException($"Expected a size that is not negative at {path}.size.");
        }

        return new Descriptor(mediaType, digest, size)
        {
            ArtifactType = OptionalString(element, "artifactType", path),
            Platform = Optional(element, "platform") is { } platform ? ReadPlatform(platform, path + ".platform") : null,
            Annotations = ReadAnnotations(element, path + ".annotations"),
        };
    }

    private static Platform ReadPlatform(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object
            ? new Platform(RequiredString(element, "architecture", path), RequiredString(element, "os", path), OptionalString(element, "variant", path))
            : throw new FormatException($"Expected a platform at {path}, found {element.ValueKind}.");

    private static ImmutableDictionary<string, string> ReadAnnotations(JsonElement owner, string path)
    {
        if (Optional(owner, "annotations") is not { } element)
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
            var value = Text(property.Value, path + "." + property.Name);
            bytes += Encoding.UTF8.GetByteCount(property.Name) + Encoding.UTF8.GetByteCount(value);
            if (builder.Count == OciLimits.MaxAnnotations || bytes > OciLimits.MaxAnnotationBytes)
            {
                throw new FormatException(
                    $"{path} is over the limit of {OciLimits.MaxAnnotations} annotations or {OciLimits.MaxAnnotationBytes} bytes.");
            }

            builder.Add(property.Name, value);
        }

        return builder.ToImmutable();
    }

    private static JsonElement Required(JsonElement owner, string name, string path = "") =>
        Optional(owner, name) ?? throw new FormatException($"Expected '{name}'{(path.Length == 0 ? "" : " at " + path)}, found nothing.");

    private static JsonElement? Optional(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string RequiredString(JsonElement owner, string name, string path) => Text(Required(owner, name, path), path + "." + name);

    private static string? OptionalString(JsonElement owner, string name, string path) =>
        Optional(owner, name) is { } value ? Text(value, path) : null;

    private static string Text(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new FormatException($"Expected a string at {path}, found {value.ValueKind}.");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Invalid UTF-8 or a lone surrogate (verification.md 7.4).
            throw new FormatException($"The string at {path} is not valid Unicode.", e);
        }
    }

    private static bool TryGetInt32OrNull(this JsonElement element, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value);
    }

    private static bool TryGetInt64OrNull(this JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value);
    }
}
