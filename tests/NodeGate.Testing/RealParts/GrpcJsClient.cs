using System.Text.Json;

namespace NodeGate.Testing.RealParts;

/// <summary>The independent client: tests/NodeGate.EndToEnd/js/cri.js on @grpc/grpc-js.</summary>
public sealed class GrpcJsClient(string socketPath)
{
    internal static string Folder => Path.Combine(Tools.Repository, "tests/NodeGate.EndToEnd/js");

    public Task<GrpcJsReply> PullAsync(string image, params IEnumerable<string> options) => RunAsync(["pull", image, .. options]);

    public Task<GrpcJsReply> StatusAsync(string image, params IEnumerable<string> options) => RunAsync(["status", image, .. options]);

    public Task<GrpcJsReply> ListAsync(params IEnumerable<string> options) => RunAsync(["list", .. options]);

    /// <summary>Any unary method with bytes: /runtime.v1.RuntimeService/Version.</summary>
    public Task<GrpcJsReply> RawAsync(string path, ReadOnlyMemory<byte> message, params IEnumerable<string> options) =>
        RunAsync(["raw", path, Convert.ToHexStringLower(message.Span), .. options]);

    private async Task<GrpcJsReply> RunAsync(IEnumerable<string> arguments)
    {
        var result = await Command.RunAsync(
            Tools.OnPath("node") ?? throw new InvalidOperationException("missing: node"),
            [Path.Combine(Folder, "cri.js"), "--socket", socketPath, .. arguments]);
        var json = JsonElement.Parse(result.EnsureSuccess().StandardOutput);
        return new GrpcJsReply(
            json.GetProperty("code").GetInt32(),
            json.GetProperty("details").GetString() ?? "",
            json.GetProperty("metadata"),
            json.GetProperty("trailers"),
            json.GetProperty("message"));
    }
}
