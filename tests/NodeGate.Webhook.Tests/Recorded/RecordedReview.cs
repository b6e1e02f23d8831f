using System.Text.Json.Nodes;

namespace NodeGate.Webhook.Tests.Recorded;

/// <summary>The reviews beside this file, by name; see the README there for what they are.</summary>
internal static class RecordedReview
{
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Recorded"), "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Recorded", name + ".json"));

    public static JsonObject Tree(string name) => JsonNode.Parse(Read(name))!.AsObject();
}
