using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Joining;

/// <summary>What one policy of a source asks of the images that it matches, where all that match an image must be satisfied.</summary>
internal sealed record Demand(string Name, PolicyPosition Origin, string From)
{
    public required ImmutableArray<ImagePattern> Patterns { get; init; }

    /// <summary>Images that it does not match although a pattern does.</summary>
    public ImmutableArray<ImagePattern> Skipped { get; init; } = [];

    public ImmutableArray<string> IncludedNamespaces { get; init; } = [];

    public ImmutableArray<string> ExcludedNamespaces { get; init; } = [];

    public PolicyMode Mode { get; init; } = PolicyMode.Enforce;

    /// <summary>Admits or refuses without looking at evidence; null: <see cref="Requirement"/> and <see cref="Attestations"/>.</summary>
    public NativeAction? Static { get; init; }

    /// <summary>Null where attestations alone are asked for.</summary>
    public NativeRequirement? Requirement { get; init; }

    public ImmutableArray<NativeAttestation> Attestations { get; init; } = [];

    public string? SignatureRepository { get; init; }

    public bool RequiresDigest { get; init; }

    public bool NamesNamespaces => !IncludedNamespaces.IsEmpty || !ExcludedNamespaces.IsEmpty;

    /// <summary>Equal for demands of the same namespaces.</summary>
    public string NamespaceKey => string.Join(',', IncludedNamespaces.Order(StringComparer.Ordinal)) + "|" + string.Join(',', ExcludedNamespaces.Order(StringComparer.Ordinal));

    /// <summary>True when every image of <paramref name="region"/> is matched.</summary>
    public bool Matches(ImagePattern region) =>
        Patterns.Any(p => ImagePattern.Covers(p, region)) && !Skipped.Any(s => ImagePattern.Covers(s, region));
}
