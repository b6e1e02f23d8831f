using System.Text.Json.Nodes;

namespace NodeGate.EndToEnd.Manifests;

/// <summary>One object of a rendered kustomization.</summary>
internal sealed record Manifest(JsonObject Json)
{
    internal string Kind => Text("kind");

    internal string Name => Text("metadata.name");

    internal string? Namespace => Find("metadata.namespace")?.GetValue<string>();

    /// <summary>The value at a path such as <c>spec.template.spec.containers.0.image</c>; null where there is none.</summary>
    internal JsonNode? Find(string path)
    {
        JsonNode? node = Json;
        foreach (var step in path.Split('.'))
        {
            node = node switch
            {
                JsonArray items => int.Parse(step, System.Globalization.CultureInfo.InvariantCulture) is var at && at < items.Count ? items[at] : null,
                JsonObject members => members[step],
                _ => null,
            };
        }

        return node;
    }

    internal JsonNode At(string path) => Find(path) ?? throw new InvalidDataException($"{Json["kind"]}/{Json["metadata"]?["name"]} has no {path}");

    internal string Text(string path) => At(path).GetValue<string>();

    internal int Number(string path) => At(path).GetValue<int>();

    internal bool Flag(string path) => At(path).GetValue<bool>();

    internal IReadOnlyList<JsonObject> Items(string path) => [.. At(path).AsArray().Select(item => item!.AsObject())];

    internal IReadOnlyList<string> Texts(string path) => TextsOf(At(path));

    internal static IReadOnlyList<string> TextsOf(JsonNode? list) => [.. list!.AsArray().Select(item => item!.GetValue<string>())];
}
