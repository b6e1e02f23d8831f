using System.Collections.Immutable;
using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>Who may sign: a named entry of the policy's <c>authorities</c>, of kind <c>cosign</c>.</summary>
public sealed class Authority
{
    internal Authority(string name, PolicyPosition position, KeyRequirement requirement)
    {
        Name = name;
        Position = position;
        Requirement = requirement;
        PossibleSignerIds = [.. requirement.Keys.Select(k => $"key:{k.Key.Fingerprint}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The name, unique in the policy.</summary>
    public string Name { get; }

    /// <summary>Where it is written.</summary>
    public PolicyPosition Position { get; }

    /// <summary>Its keys, formats and annotations. What the rule adds is in <see cref="RequirementFor"/>.</summary>
    public KeyRequirement Requirement { get; }

    /// <summary>Every signer that could ever satisfy it, in the words of <see cref="VerificationResult.SignerId"/>.</summary>
    public ImmutableArray<string> PossibleSignerIds { get; }

    /// <summary>What is asked of evidence under the rule of <paramref name="match"/>.</summary>
    public KeyRequirement RequirementFor(RuleMatch match)
    {
        ArgumentNullException.ThrowIfNull(match);
        return Requirement with { SignedRepository = match.SignedRepository };
    }
}
