using System.Collections.Immutable;
using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Relay;

/// <summary>The same calls through every party, in alternating rounds, so that whatever else the machine does hits all of them.</summary>
internal static class RelayBench
{
    internal const int Rounds = 15;
    private const int WarmUpRuns = 3;

    /// <summary>Streams and calls of a round: each is a fraction of a second; with 7 rounds of a busy machine the ratios were still noise.</summary>
    internal static readonly ImmutableArray<(int Streams, int Calls)> Loads = [(1, 3000), (16, 8000)];

    /// <param name="parties">The ways to containerd.</param>
    /// <param name="counter">containerd's own count of calls: each party must have handed on every one.</param>
    internal static async Task<ImmutableArray<RelaySeries>> RunAsync(ImmutableArray<RelayParty> parties, ContainerdCallCounter counter)
    {
        var answerBytes = await AnswerBytesAsync(parties);
        await using var load = new H2Load(counter);
        var series = ImmutableArray.CreateBuilder<RelaySeries>();
        foreach (var (streams, calls) in Loads)
        {
            foreach (var party in parties)
            {
                for (var run = 0; run < WarmUpRuns; run++)
                {
                    await load.RunAsync(party, streams, calls, answerBytes);
                }
            }

            var rounds = parties.ToDictionary(party => party, _ => new List<RelayRound>());
            for (var round = 0; round < Rounds; round++)
            {
                // Each starts a round as often as the others, so that nobody always runs after the same neighbour.
                foreach (var party in parties[(round % parties.Length)..].AddRange(parties[..(round % parties.Length)]))
                {
                    rounds[party].Add(await load.RunAsync(party, streams, calls, answerBytes));
                }
            }

            series.AddRange(parties.Select(party => new RelaySeries(party.Name, streams, [.. rounds[party]])));
        }

        return series.ToImmutable();
    }

    // Also the proof that every party really answers with what containerd says.
    private static async Task<int> AnswerBytesAsync(ImmutableArray<RelayParty> parties)
    {
        const int frameHeader = 5;
        var lengths = new HashSet<int>();
        foreach (var party in parties)
        {
            using var cri = new CriClient(party.SocketPath);
            const string path = "/runtime.v1.RuntimeService/Version";
            lengths.Add((await cri.CallAsync(path, default)).EnsureOk(path).Message.Length + frameHeader);
        }

        return lengths.Count == 1 ? lengths.Single() : throw new InvalidOperationException("the parties give different answers to Version");
    }
}
