using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>An imported policy, before it is written as one document of design.md section 6.</summary>
internal sealed record NativePolicy
{
    public required string Name { get; init; }

    public required PolicyPosition Origin { get; init; }

    /// <summary>What becomes of images that no rule matches. What the source does with them, never a default.</summary>
    public required UnmatchedAction Unmatched { get; init; }

    public PolicyMode Mode { get; init; } = PolicyMode.Enforce;

    public ImmutableArray<NativeTrustRoot> TrustRoots { get; init; } = [];

    public ImmutableArray<NativeAuthority> Authorities { get; init; } = [];

    public required ImmutableArray<NativeRule> Rules { get; init; }
}
