using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>Which forms of a signature count, and which annotations it must carry.</summary>
internal sealed record NativeForm(bool Bundle, bool Legacy)
{
    public static NativeForm Any { get; } = new(Bundle: true, Legacy: true);

    public ImmutableArray<(string Name, string Value)> Annotations { get; init; } = [];
}
