using System.Collections.Immutable;
using NodeGate.Policy.Loading.Attestations;

namespace NodeGate.Policy.Loading;

/// <summary>A rule as it is written. What was refused is missing.</summary>
internal sealed record RuleConfig
{
    public required Located? Name { get; init; }

    public required PolicyPosition Position { get; init; }

    public required ImmutableArray<Located> Images { get; init; }

    public NamespacesConfig? Namespaces { get; init; }

    public PolicyMode? Mode { get; init; }

    public string? Allow { get; init; }

    public string? Deny { get; init; }

    public RequireConfig? Require { get; init; }

    public ImmutableArray<AttestationConfig> Attestations { get; init; } = [];

    public Located? SignedRepository { get; init; }

    public Located? SignatureRepository { get; init; }

    public bool RequiresDigest { get; init; }

    public bool VerifiesPlatform { get; init; }

    /// <summary>Whether an admission may outlive its time; null: as the document says.</summary>
    public bool? Grace { get; init; }
}
