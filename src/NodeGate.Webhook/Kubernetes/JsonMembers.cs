using System.Text.Json;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>Members of an object that may be anything: what is of another kind than expected is as good as not there.</summary>
internal static class JsonMembers
{
    /// <summary>The member; null where there is none of this kind.</summary>
    internal static JsonElement? Member(JsonElement owner, string name, JsonValueKind kind) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    /// <summary>The text; null where there is none, an empty one, or one beyond <paramref name="limit"/> characters.</summary>
    internal static string? Text(JsonElement owner, string name, int limit = int.MaxValue) =>
        Member(owner, name, JsonValueKind.String)?.GetString() is { Length: > 0 } text && text.Length <= limit ? text : null;

    /// <summary>The same of the object's <c>metadata</c>.</summary>
    internal static string? Metadata(JsonElement owner, string name) =>
        Member(owner, "metadata", JsonValueKind.Object) is { } metadata ? Text(metadata, name) : null;
}
