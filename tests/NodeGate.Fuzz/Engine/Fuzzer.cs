using System.Diagnostics;
using NodeGate.Fuzz.Mutations;

namespace NodeGate.Fuzz.Engine;

/// <summary>
/// Mutates the inputs of one target for a time or a number of executions. Seed and target decide every input: what is found once is found
/// again. Inputs with an outcome that was not seen before join those that are mutated.
/// </summary>
internal sealed class Fuzzer
{
    private const int LargestInput = 256 * 1024;
    private const int MostKept = 2000;

    private readonly IFuzzTarget _target;
    private readonly int _seed;
    private readonly List<byte[]> _pool;
    private readonly HashSet<string> _outcomes = new(StringComparer.Ordinal);

    public Fuzzer(IFuzzTarget target, int seed)
    {
        _target = target;
        _seed = seed;
        _pool = [.. target.Seeds, .. Corpus.Of(target.Name).Select(entry => entry.Input)];
        if (_pool.Count == 0)
        {
            throw new InvalidOperationException($"{target.Name} has no seeds and no corpus.");
        }
    }

    /// <summary>Gets or sets the longest time for one input; null where time is nobody's business (in tests).</summary>
    public TimeSpan? SlowerThan { get; init; }

    /// <summary>Gets or sets what is told before each input is read, for a watchdog.</summary>
    public Action<byte[]>? Starting { get; init; }

    public long Executions { get; private set; }

    public int Outcomes => _outcomes.Count;

    /// <summary>Gets the inputs that reached a new outcome in this run.</summary>
    public List<byte[]> Discovered { get; } = [];

    /// <summary>Runs until <paramref name="isOver"/>; the failure and its input, or null.</summary>
    public (byte[] Input, Exception Failure)? Run(Func<long, bool> isOver)
    {
        foreach (var known in _pool.ToArray())
        {
            if (Try(known, isNew: false) is { } failure)
            {
                return (known, failure);
            }
        }

        for (var iteration = 0L; !isOver(iteration); iteration++)
        {
            var random = new Random(HashOf(iteration));
            var input = Mutator.Mutate(_pool[random.Next(_pool.Count)], _pool, random);
            if (input.Length <= LargestInput && Try(input, isNew: true) is { } failure)
            {
                return (Minimizer.Minimize(input, candidate => Fails(candidate, failure)), failure);
            }
        }

        return null;
    }

    /// <summary>Why the target fails on this input, or null.</summary>
    public Exception? Try(byte[] input) => Try(input, isNew: false);

    private Exception? Try(byte[] input, bool isNew)
    {
        Executions++;
        Starting?.Invoke(input);
        var started = Stopwatch.GetTimestamp();
        string outcome;
        try
        {
            outcome = _target.Check(input);
        }
#pragma warning disable CA1031 // Every exception that a parser lets out is a finding.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }

        if (SlowerThan is { } limit && Stopwatch.GetElapsedTime(started) > limit && IsSlow(input, limit))
        {
            return new FuzzFailure($"one input takes no longer than {limit.TotalSeconds} s");
        }

        if (_outcomes.Add(outcome) && isNew && _pool.Count < MostKept)
        {
            _pool.Add(input);
            Discovered.Add(input);
        }

        return null;
    }

    // A machine that is busy with something else is not a finding.
    private bool IsSlow(byte[] input, TimeSpan limit)
    {
        for (var i = 0; i < 3; i++)
        {
            var started = Stopwatch.GetTimestamp();
            _ = _target.Check(input);
            if (Stopwatch.GetElapsedTime(started) <= limit)
            {
                return false;
            }
        }

        return true;
    }

    private bool Fails(byte[] candidate, Exception like)
    {
        try
        {
            _ = _target.Check(candidate);
            return false;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure.GetType() == like.GetType() && Outcome.Shape(failure.Message) == Outcome.Shape(like.Message);
        }
    }

    // FNV-1a: the same in every process, unlike string.GetHashCode.
    private int HashOf(long iteration)
    {
        var hash = 2166136261u;
        foreach (var c in _target.Name)
        {
            hash = (hash ^ c) * 16777619;
        }

        hash = (hash ^ (uint)_seed) * 16777619;
        hash = (hash ^ (uint)iteration) * 16777619;
        return (int)((hash ^ (hash >> 15)) & int.MaxValue);
    }
}
