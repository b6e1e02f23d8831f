using System.Globalization;
using System.Text.RegularExpressions;
using NodeGate.Benchmarks.Daemon;
using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Relay;

/// <summary>h2load (nghttp2), one connection, empty calls of RuntimeService/Version.</summary>
internal sealed partial class H2Load(ContainerdCallCounter counter) : IAsyncDisposable
{
    private readonly TestFolder _folder = TestFolder.Create();

    /// <summary>Throws when one call failed, an answer was not as long as containerd gives it, or containerd did not get every call.</summary>
    internal async Task<RelayRound> RunAsync(RelayParty party, int streams, int calls, int answerBytes)
    {
        // A gRPC frame of an empty message: no compression, length 0.
        var body = _folder.At("empty");
        await File.WriteAllBytesAsync(body, new byte[5]);
        var log = _folder.At("calls.tsv");
        File.Delete(log);
        var counted = await counter.CountAsync();
        var before = ProcessUsage.CpuTime(party.ProcessId);
        var result = (await Command.RunAsync(Tools.Path("h2load"), [
            "-B", "unix:" + party.SocketPath, "-d", body, "-H", "content-type: application/grpc", "-H", "te: trailers",
            "-c", "1", "-m", Text(streams), "-n", Text(calls), "--log-file", log, "http://localhost/runtime.v1.RuntimeService/Version",
        ])).EnsureSuccess();
        var cpu = ProcessUsage.CpuTime(party.ProcessId) - before;
        Check(party, result, calls, answerBytes, await counter.CountAsync() - counted);

        // start, status, microseconds until the answer was complete
        double[] times = [.. (await File.ReadAllLinesAsync(log)).Select(line => double.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture))];
        return new RelayRound(
            double.Parse(Rate().Match(result.StandardOutput).Groups[1].Value, CultureInfo.InvariantCulture),
            times.Average(),
            Statistics.Median(times),
            Statistics.Percentile(times, 0.99),
            cpu.TotalMicroseconds / calls);
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    // h2load does not look at grpc-status; a proxy that answers errors would be the fastest of all.
    private static void Check(RelayParty party, CommandResult result, int calls, int answerBytes, long counted)
    {
        var data = Data().Match(result.StandardOutput).Groups[1].Value;
        if (!result.StandardOutput.Contains($" {calls} succeeded, 0 failed", StringComparison.Ordinal) || data != Text(calls * answerBytes) || counted != calls)
        {
            throw new InvalidOperationException($"{party.Name}: {calls} calls with {answerBytes} bytes each were expected, containerd counted {counted}\n{result}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"finished in [^,]+, ([0-9.]+) req/s", RegexOptions.NonBacktracking)]
    private static partial Regex Rate();

    [GeneratedRegex(@"\(space savings [^)]*\), [0-9.]+[A-Z]+ \(([0-9]+)\) data", RegexOptions.NonBacktracking)]
    private static partial Regex Data();
}
