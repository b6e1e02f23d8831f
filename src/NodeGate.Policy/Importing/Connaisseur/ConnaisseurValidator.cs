using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>An entry of <c>validators</c>.</summary>
internal abstract record ConnaisseurValidator(string Name, PolicyPosition Position)
{
    internal sealed record Static(string Name, PolicyPosition Position, bool Approves) : ConnaisseurValidator(Name, Position);

    internal sealed record Cosign(string Name, PolicyPosition Position, ImmutableArray<ConnaisseurTrustRoot> TrustRoots, ConnaisseurSigstore Sigstore)
        : ConnaisseurValidator(Name, Position);

    internal sealed record Notation(string Name, PolicyPosition Position, ImmutableArray<ConnaisseurTrustRoot> TrustRoots)
        : ConnaisseurValidator(Name, Position);

    internal sealed record NotaryV1(string Name, PolicyPosition Position, ImmutableArray<ConnaisseurTrustRoot> TrustRoots, string Server)
        : ConnaisseurValidator(Name, Position);
}
