using System.Collections.Immutable;

namespace NodeGate.Benchmarks.Decisions;

/// <summary>The requests of one client for one decision.</summary>
internal sealed record RegistryCalls(ImmutableArray<RegistryCall> Calls)
{
    internal int Requests => Calls.Length;

    /// <summary>
    /// The longest chain of requests each of which came after the one before it was answered: how often the client had to wait for
    /// the registry, whatever it asked at the same time. Of use only with a registry that is some way off: answers of a near one come
    /// before the second of two requests that were sent together.
    /// </summary>
    internal int Rounds
    {
        get
        {
            var rounds = 0;
            var answered = long.MinValue;
            foreach (var call in Calls.OrderBy(call => call.Answered).Where(call => call.Came >= answered))
            {
                rounds++;
                answered = call.Answered;
            }

            return rounds;
        }
    }
}
