using NodeGate.Policy.Importing.Native;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>An entry of <c>policy</c>: what becomes of the images of a pattern.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Action">What becomes of them.</param>
/// <param name="Meaning">Equal for entries that do the same: the validator and its options.</param>
internal sealed record ConnaisseurRule(ConnaisseurPattern Pattern, NativeAction Action, string Meaning)
{
    /// <summary>Whatever this rule admits, <paramref name="other"/> admits as well.</summary>
    public bool IsNoLaxerThan(ConnaisseurRule? other) =>
        Action is NativeAction.Deny || other?.Action is NativeAction.Allow || string.Equals(Meaning, other?.Meaning, StringComparison.Ordinal);
}
