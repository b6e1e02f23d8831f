using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>A rule.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Origin">Where the (first) entry stands that it comes from.</param>
/// <param name="From">Which documents and entries it comes from, for a comment; any text.</param>
internal sealed record NativeRule(string Name, PolicyPosition Origin, string From)
{
    public required ImmutableArray<string> Images { get; init; }

    public ImmutableArray<string> IncludedNamespaces { get; init; } = [];

    public ImmutableArray<string> ExcludedNamespaces { get; init; } = [];

    /// <summary>Null: the document's.</summary>
    public PolicyMode? Mode { get; init; }

    public required NativeAction Action { get; init; }

    public string? SignatureRepository { get; init; }

    public bool RequiresDigest { get; init; }
}
