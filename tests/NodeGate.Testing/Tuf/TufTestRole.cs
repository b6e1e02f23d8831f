using System.Text.Json.Nodes;

namespace NodeGate.Testing.Tuf;

/// <summary>One role of a <see cref="TufRepository"/>: its keys, and what it will sign next.</summary>
public sealed class TufTestRole
{
    public TufTestRole(string type, DateTimeOffset expires, params TufTestKey[] keys)
    {
        Keys = [.. keys];
        Signed = new JsonObject { ["_type"] = type, ["spec_version"] = "1.0.31", ["version"] = 1, ["expires"] = Format(expires) };
    }

    /// <summary>Who may sign, and does.</summary>
    public List<TufTestKey> Keys { get; }

    public int Threshold { get; set; } = 1;

    public JsonObject Signed { get; }

    public int Version
    {
        get => (int)Signed["version"]!;
        set => Signed["version"] = value;
    }

    public DateTimeOffset Expires
    {
        set => Signed["expires"] = Format(value);
    }

    /// <summary>The role as root or a delegation describes it.</summary>
    public JsonObject Describe() =>
        new() { ["keyids"] = new JsonArray([.. Keys.Select(key => JsonValue.Create(key.KeyId))]), ["threshold"] = Threshold };

    /// <summary>The file, signed by these keys; without any, by the role's.</summary>
    public byte[] Sign(params IReadOnlyCollection<TufTestKey> keys)
    {
        var message = TufCanonical.Encode(Signed);
        var signatures = (keys.Count == 0 ? Keys : keys)
            .Select(key => new JsonObject { ["keyid"] = key.KeyId, ["sig"] = Convert.ToHexStringLower(key.Pair.Sign(message)) });
        return System.Text.Encoding.UTF8.GetBytes(
            new JsonObject { ["signatures"] = new JsonArray([.. signatures]), ["signed"] = Signed.DeepClone() }.ToJsonString());
    }

    private static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
