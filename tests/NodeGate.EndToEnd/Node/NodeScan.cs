using System.Text.Json;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Node;

/// <summary>What <c>nodegate scan --output json</c> said.</summary>
internal sealed record NodeScan(int ExitCode, JsonElement Report)
{
    internal IEnumerable<JsonElement> Rows => Report.GetProperty("results").EnumerateArray();

    internal static async Task<NodeScan> RunAsync(NodeGateProcess gate, params string[] arguments)
    {
        var result = await NodeGateCommand.RunAsync(["scan", "--config", gate.ConfigFile, "--output", "json", .. arguments]);
        return result.Text.Length == 0 ? throw new InvalidOperationException(result.ToString()) : new NodeScan(result.ExitCode, JsonElement.Parse(result.Text));
    }

    /// <summary>Namespace, decision and reason of each row about <paramref name="image"/>.</summary>
    internal IEnumerable<(string? Namespace, string? Decision, string? Reason)> Of(string image) =>
        Rows.Where(row => row.GetProperty("image").GetString() == image)
            .Select(row => (row.GetProperty("namespace").GetString(), row.GetProperty("decision").GetString(), row.GetProperty("reason").GetString()));
}
