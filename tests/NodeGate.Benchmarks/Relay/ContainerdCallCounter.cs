using System.Globalization;

namespace NodeGate.Benchmarks.Relay;

/// <summary>How many calls of RuntimeService/Version containerd says that it answered: the proof that no party answered for it.</summary>
internal sealed class ContainerdCallCounter(int port) : IDisposable
{
    private const string Metric = "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Version\",grpc_service=\"runtime.v1.RuntimeService\"";
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

    /// <summary>What containerd's configuration needs for it.</summary>
    internal static string Config(int port) => $"[metrics]\n  address = \"127.0.0.1:{port}\"";

    internal async Task<long> CountAsync() => (await _http.GetStringAsync("v1/metrics")).Split('\n')
        .Where(line => line.StartsWith(Metric, StringComparison.Ordinal))
        .Sum(line => (long)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    public void Dispose() => _http.Dispose();
}
