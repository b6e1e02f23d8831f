using System.Collections.Immutable;
using NodeGate.Policy.Loading;

namespace NodeGate.Policy.Importing.Notation;

/// <summary>A statement of a trust policy.</summary>
internal sealed record NotationStatement(Located Name, PolicyPosition Position, ImmutableArray<Located> Scopes, string Level)
{
    public ImmutableArray<Located> TrustStores { get; init; } = [];

    public ImmutableArray<string> TrustedIdentities { get; init; } = [];

    public ImmutableArray<(string Check, string Action)> Override { get; init; } = [];

    public string? VerifyTimestamp { get; init; }
}
