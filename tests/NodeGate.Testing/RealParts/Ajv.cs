namespace NodeGate.Testing.RealParts;

/// <summary>The common implementation of JSON Schema, on npm's ajv: tests/NodeGate.EndToEnd/js/schema.js.</summary>
public static class Ajv
{
    /// <summary>One line for each document, in their order: <c>good</c>, or <c>bad: …</c>.</summary>
    public static async Task<IReadOnlyList<string>> ValidateAsync(string schemaFile, params IEnumerable<string> documentFiles)
    {
        var node = Tools.OnPath("node") ?? throw new InvalidOperationException("missing: node");
        var result = await Command.RunAsync(node, [Path.Combine(GrpcJsClient.Folder, "schema.js"), schemaFile, .. documentFiles]);
        return result.EnsureSuccess().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
