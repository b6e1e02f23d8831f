using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>A written document, and from where in the source its lines come.</summary>
/// <param name="Text">The YAML.</param>
/// <param name="Origins">The first line of each part, ascending, with the place that it comes from.</param>
internal sealed record WrittenPolicy(string Text, ImmutableArray<(int Line, PolicyPosition Origin)> Origins)
{
    /// <summary>The place in the source of what stands at <paramref name="written"/>.</summary>
    public PolicyPosition OriginOf(PolicyPosition written) => Origins.LastOrDefault(o => o.Line <= Math.Max(written.Line, 1), Origins[0]).Origin;
}
