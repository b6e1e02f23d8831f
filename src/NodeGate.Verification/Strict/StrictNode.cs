using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace NodeGate.Verification.Strict;

/// <summary>A value in strictly parsed JSON, with the path that messages name. Every accessor throws <see cref="EvidenceFormatException"/>.</summary>
internal readonly struct StrictNode
{
    private readonly JsonElement _element;
    private readonly string _path;

    public StrictNode(JsonElement element, string path)
    {
        _element = element;
        _path = path;
    }

    /// <summary>The value itself, for the canonical form over which TUF metadata is signed.</summary>
    public JsonElement Element => _element;

    /// <summary>Refuses members other than the named ones.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (var member in Object().EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                throw Wrong($"has an unknown member {Shown.Text(member.Name)}");
            }
        }
    }

    /// <summary>A member; null where it is absent or JSON null, which proto3 JSON takes for the same.</summary>
    public StrictNode? Optional(string name) =>
        Object().TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? new StrictNode(member, $"{_path}.{name}")
            : null;

    public StrictNode Required(string name) => Optional(name) ?? throw Wrong($"has no '{name}'");

    public string Text()
    {
        // check: json-string
        if (_element.ValueKind != JsonValueKind.String)
        {
            throw Wrong("is not a string");
        }

        return _element.GetString()!;
    }

    /// <summary>Base64 of one to <paramref name="limit"/> bytes.</summary>
    public byte[] Bytes(int limit)
    {
        if (!StrictBase64.TryDecode(Text(), out var bytes))
        {
            throw Wrong("is not strict base64 (standard alphabet, padded, no white space, no left-over bits)");
        }

        // check: json-bytes-empty
        if (bytes.Length == 0)
        {
            throw Wrong("is empty");
        }

        // check: limit-bytes
        if (bytes.Length > limit)
        {
            throw Exceeds($"is longer than {limit} bytes");
        }

        return bytes;
    }

    /// <summary>An int64 as proto3 JSON writes it, a string; or a number. Never negative where the format is used here.</summary>
    public long Count()
    {
        var text = _element.ValueKind switch
        {
            JsonValueKind.String => _element.GetString()!,
            JsonValueKind.Number => _element.GetRawText(),
            _ => throw Wrong("is not a number"),
        };
        // check: json-count
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || text.EndsWith('\0'))
        {
            throw Wrong($"is {Shown.Text(text)}, not a whole number from 0 to 2^63-1");
        }

        return value;
    }

    /// <summary>A point in time as proto3 JSON and TUF write it: RFC 3339, with a zone.</summary>
    public DateTimeOffset Time()
    {
        var text = Text();
        // check: json-time
        if (!StrictTime.TryParse(text, out var time))
        {
            throw Wrong($"is {Shown.Text(text)}, not a time such as 2026-01-31T12:00:00Z (RFC 3339)");
        }

        return time;
    }

    public bool Flag()
    {
        // check: json-flag
        if (_element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw Wrong("is neither true nor false");
        }

        return _element.ValueKind == JsonValueKind.True;
    }

    /// <summary>The entries of an array of at most <paramref name="limit"/>.</summary>
    public ImmutableArray<StrictNode> Items(int limit)
    {
        // check: json-array
        if (_element.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("is not an array");
        }

        // check: limit-items
        if (_element.GetArrayLength() > limit)
        {
            throw Exceeds($"has {_element.GetArrayLength()} entries; at most {limit} are read");
        }

        var path = _path;
        return [.. _element.EnumerateArray().Select((item, i) => new StrictNode(item, $"{path}[{i}]"))];
    }

    /// <summary>The entry of an array of exactly one.</summary>
    public StrictNode Single()
    {
        var count = _element.ValueKind == JsonValueKind.Array ? _element.GetArrayLength() : 0;
        // check: envelope-one-signature
        if (count != 1)
        {
            throw Wrong($"has {count} entries; expected an array of exactly one");
        }

        return new StrictNode(_element[0], _path + "[0]");
    }

    /// <summary>The members of an object of at most <paramref name="limit"/>.</summary>
    public ImmutableArray<KeyValuePair<string, StrictNode>> Members(int limit)
    {
        var count = Object().GetPropertyCount();
        // check: limit-members
        if (count > limit)
        {
            throw Exceeds($"has {count} members; at most {limit} are read");
        }

        var path = _path;
        return [.. _element.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, new StrictNode(m.Value, $"{path}.{Shown.Text(m.Name)}")))];
    }

    /// <summary>The members whose values are strings, of at most <see cref="VerificationLimits.MaxAnnotations"/> members in all.</summary>
    public ImmutableDictionary<string, string> Annotations()
    {
        var annotations = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Members(VerificationLimits.MaxAnnotations))
        {
            if (value._element.ValueKind == JsonValueKind.String)
            {
                annotations[name] = value.Text();
            }
        }

        return annotations.ToImmutable();
    }

    /// <summary>The value as it is written.</summary>
    public byte[] ToUtf8() => JsonMarshal.GetRawUtf8Value(_element).ToArray();

    /// <summary>The exception for a rule of the format that this value breaks.</summary>
    public EvidenceFormatException Wrong(string what) => new($"{_path} {what}");

    private EvidenceFormatException Exceeds(string what) => new($"{_path} {what}", limitExceeded: true);

    private JsonElement Object()
    {
        // check: json-object
        if (_element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("is not an object");
        }

        return _element;
    }
}
