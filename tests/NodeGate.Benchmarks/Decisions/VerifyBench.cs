using System.Collections.Immutable;
using System.Diagnostics;
using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Decisions;

/// <summary>`nodegate verify` beside `cosign verify` (3.1): a process each time, the same image, registry and key, by turns.</summary>
internal static class VerifyBench
{
    internal const string NodeGateProgram = "nodegate verify";
    internal const string CosignProgram = "cosign verify";
    private const string CosignUserAgent = "cosign";
    private const int Runs = 5;

    internal static async Task<ImmutableArray<VerifySeries>> RunAsync(
        Signer signer, CountingRegistry registry, SignatureFormat format, TimeSpan delay, SignedImage image)
    {
        registry.Delay = delay;
        var nodeGate = new List<(double Milliseconds, RegistryCalls Calls)>();
        var cosign = new List<(double Milliseconds, RegistryCalls Calls)>();
        for (var run = 0; run <= Runs; run++)
        {
            nodeGate.Add(await TimeAsync(
                registry, DecisionBench.UserAgent, () => NodeGateCommand.RunAsync("verify", "--policy", signer.PolicyFile, image.ByTag)));
            cosign.Add(await TimeAsync(registry, CosignUserAgent, () => signer.Cosign3.VerifyAsync(image.ByTag, signer.Key)));
        }

        registry.Delay = TimeSpan.Zero;
        return [Series(NodeGateProgram, nodeGate), Series(CosignProgram, cosign)];

        // The first run of each only brings files into the page cache.
        VerifySeries Series(string program, List<(double Milliseconds, RegistryCalls Calls)> runs) => new(
            program,
            format,
            delay,
            [.. runs.Skip(1).Select(run => run.Milliseconds)],
            runs.Max(run => run.Calls.Requests),
            delay == TimeSpan.Zero ? null : runs.Max(run => run.Calls.Rounds));
    }

    private static async Task<(double Milliseconds, RegistryCalls Calls)> TimeAsync(
        CountingRegistry registry, string userAgent, Func<Task<CommandResult>> verify)
    {
        registry.Forget();
        var began = Stopwatch.GetTimestamp();
        (await verify()).EnsureSuccess();
        var elapsed = Stopwatch.GetElapsedTime(began);
        return (elapsed.TotalMilliseconds, registry.Of(userAgent));
    }
}
