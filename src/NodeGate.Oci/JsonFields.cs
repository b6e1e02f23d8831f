using System.Text.Json;

namespace NodeGate.Oci;

/// <summary>Reads fields of a document that <see cref="StrictJsonDocument"/> opened; every refusal says at which path and what was expected.</summary>
internal static class JsonFields
{
    private static readonly string[] Names =
    [
        "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations",
        "digest", "size", "platform", "architecture", "os", "variant", "fsLayers",
    ];

    /// <summary>
    /// Go matches field names without regard to case, and the last one wins: <c>"Config"</c> beside <c>"config"</c> would be one document to
    /// containerd and another one to us.
    /// </summary>
    internal static void RequireExactNames(JsonElement owner, string path)
    {
        foreach (var property in owner.EnumerateObject())
        {
            var folded = Fold(property.Name);
            foreach (var name in Names)
            {
                if (string.Equals(folded, name, StringComparison.OrdinalIgnoreCase) && !string.Equals(property.Name, name, StringComparison.Ordinal))
                {
                    throw new FormatException($"Expected '{name}' at {Join(path, DisplayText.Of(property.Name))}: the field differs from it only in case.");
                }
            }
        }
    }

    internal static JsonElement Required(JsonElement owner, string name, string path) =>
        Optional(owner, name) ?? throw new FormatException($"Expected a value at {Join(path, name)}, found none.");

    internal static JsonElement? Optional(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    internal static string RequiredText(JsonElement owner, string name, string path) => Text(Required(owner, name, path), Join(path, name));

    /// <summary>The text, or null where it is absent, null or empty: Go clients write an unset field in all three ways.</summary>
    internal static string? OptionalText(JsonElement owner, string name, string path) =>
        Optional(owner, name) is { } value && Text(value, Join(path, name)) is { Length: > 0 } text ? text : null;

    internal static string? OptionalMediaType(JsonElement owner, string name, string path) =>
        OptionalText(owner, name, path) is { } text ? MediaType(text, Join(path, name)) : null;

    internal static string MediaType(string text, string path)
    {
        if (text.Length > OciLimits.MaxMediaTypeLength)
        {
            throw new OciLimitException($"The media type at {path} has {text.Length} characters; at most {OciLimits.MaxMediaTypeLength} are read.");
        }

        return MediaTypes.IsWellFormed(text)
            ? text
            : throw new FormatException($"Expected a media type of printable ASCII characters at {path}, found '{DisplayText.Of(text)}'.");
    }

    internal static string Text(JsonElement value, string path) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new FormatException($"Expected a string at {path}, found {value.ValueKind}.");

    internal static void RequireObject(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"Expected an object at {path}, found {value.ValueKind}.");
        }

        RequireExactNames(value, path);
    }

    /// <summary>A whole number that is not negative, written without fraction or exponent, as Go's int64 takes it.</summary>
    internal static long Count(JsonElement owner, string name, string path)
    {
        var value = Required(owner, name, path);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0
            ? count
            : throw new FormatException($"Expected a whole number from 0 to {long.MaxValue} at {Join(path, name)}.");
    }

    internal static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    /// <summary>The two letters outside ASCII that Go's simple folding takes for an ASCII one.</summary>
    private static string Fold(string name) => name.Replace('\u017F', 's').Replace('\u212A', 'k');
}
