using System.Collections.Immutable;
using NodeGate.Policy.Conditions;

namespace NodeGate.Policy;

/// <summary>What a rule's <c>attestations</c> asks for: an in-toto attestation about the image, by one of these authorities, whose predicate meets every condition.</summary>
public sealed class AttestationRequirement
{
    internal AttestationRequirement(string type, ImmutableArray<Authority> by, ImmutableArray<PredicateCondition> conditions)
    {
        Type = type;
        By = by;
        Conditions = conditions;
    }

    /// <summary>The predicate type, compared exactly.</summary>
    public string Type { get; }

    /// <summary>Who may have attested it; any of them will do. Never empty.</summary>
    public ImmutableArray<Authority> By { get; }

    /// <summary>What the predicate must say; all of it.</summary>
    internal ImmutableArray<PredicateCondition> Conditions { get; }

    /// <summary>For people: type, authorities and conditions.</summary>
    public override string ToString() =>
        $"attestation '{Type}' by [{string.Join(", ", By.Select(a => a.Name))}]" + (Conditions.IsEmpty ? "" : $" where {string.Join(" and ", Conditions)}");
}
