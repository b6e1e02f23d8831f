using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary>A place in a predicate: a JSON pointer (RFC 6901), without any extension.</summary>
internal sealed class JsonPointer
{
    private readonly ImmutableArray<string> _tokens;

    private JsonPointer(string text, ImmutableArray<string> tokens)
    {
        Text = text;
        _tokens = tokens;
    }

    /// <summary>The pointer as written.</summary>
    public string Text { get; }

    /// <summary>Parses a pointer other than the empty one, which would be the whole predicate.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPointer? pointer)
    {
        pointer = null;
        if (!text.StartsWith('/') || text.Split('~').Skip(1).Any(rest => rest is not ['0' or '1', ..]))
        {
            return false;
        }

        // Section 4: "~1" first, so that "~01" comes out as "~1".
        var tokens = text[1..].Split('/').Select(t => t.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        pointer = new JsonPointer(text, [.. tokens]);
        return true;
    }

    /// <summary>What stands there; null where there is nothing.</summary>
    public JsonElement? Find(JsonElement root)
    {
        var at = root;
        foreach (var token in _tokens)
        {
            switch (at.ValueKind)
            {
                case JsonValueKind.Object when at.TryGetProperty(token, out var member):
                    at = member;
                    break;
                case JsonValueKind.Array when IndexOf(token) is { } index && index < at.GetArrayLength():
                    at = at[index];
                    break;
                default:
                    return null;
            }
        }

        return at;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Digits without a leading zero; "-", the place after the last, is never there.</summary>
    private static int? IndexOf(string token) =>
        token is "0" or [not '0', ..] && WholeNumber.TryParse(token, out var index) && index <= int.MaxValue ? (int)index : null;
}
