using System.Globalization;
using NodeGate.Fuzz.Engine;

namespace NodeGate.Fuzz;

/// <summary><c>make fuzz</c>. Arguments are NAME=VALUE, as of make.</summary>
internal static class Program
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private static int Main(string[] args)
    {
        if (args is ["mint"])
        {
            Minting.Mint.All();
            return 0;
        }

        var options = args.Select(arg => arg.Split('=', 2)).Where(pair => pair is [_, not ""]).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var seconds = double.Parse(options.GetValueOrDefault("FUZZ_SECONDS", "120"), CultureInfo.InvariantCulture);
        var seed = options.TryGetValue("SEED", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : Random.Shared.Next(1_000_000);
        IReadOnlyList<IFuzzTarget> targets = options.TryGetValue("TARGET", out var name) ? [FuzzTargets.Named(name)] : FuzzTargets.All;
        if (options.TryGetValue("INPUT", out var file))
        {
            return Replay(targets[0], file);
        }

        Console.WriteLine($"{targets.Count} targets, {seconds:0.#} s in all, SEED={seed}");
        var total = 0L;
        var failed = 0;
        foreach (var target in targets)
        {
            var (executions, failure) = Run(target, seed, TimeSpan.FromSeconds(seconds / targets.Count), keep: options.ContainsKey("KEEP"));
            total += executions;
            failed += failure ? 1 : 0;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} executions, {total / seconds:0} per second, {failed} of {targets.Count} targets failed"));
        return failed == 0 ? 0 : 1;
    }

    private static (long Executions, bool Failed) Run(IFuzzTarget target, int seed, TimeSpan time, bool keep)
    {
        using var watchdog = new Watchdog(Hang, input => Report(target, seed, input, new FuzzFailure($"no input takes {Hang.TotalSeconds} s")));
        var fuzzer = new Fuzzer(target, seed) { SlowerThan = Slow, Starting = watchdog.Start };
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var finding = fuzzer.Run(_ => System.Diagnostics.Stopwatch.GetElapsedTime(started) >= time);
        watchdog.Stop();
        var elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name,-24} {fuzzer.Executions,9} executions {fuzzer.Executions / elapsed.TotalSeconds,9:0} per second {fuzzer.Outcomes,5} outcomes"));
        if (keep)
        {
            fuzzer.Discovered.ForEach(input => Corpus.Add(target.Name, input));
        }

        if (finding is { } found)
        {
            Report(target, seed, found.Input, found.Failure);
        }

        return (fuzzer.Executions, finding is not null);
    }

    private static int Replay(IFuzzTarget target, string file)
    {
        Console.WriteLine($"{target.Name}: {target.Check(File.ReadAllBytes(file))}");
        return 0;
    }

    private static void Report(IFuzzTarget target, int seed, byte[] input, Exception failure)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Corpus.Repository, "artifacts", "fuzz", "crashes", target.Name)).FullName;
        var path = Path.Combine(folder, Corpus.Name(input));
        var shown = Path.GetRelativePath(Corpus.Repository, path);
        var replay = $"make fuzz TARGET={target.Name} INPUT={shown}";
        File.WriteAllBytes(path, input);
        File.WriteAllText(path + ".txt", $"{replay}\nmake fuzz TARGET={target.Name} SEED={seed}\n\n{failure}\n");
        Console.WriteLine($"FAILED {target.Name}: {failure.GetType().Name}: {failure.Message}\n  input of {input.Length} bytes: {shown}\n  again: {replay}");
    }
}
