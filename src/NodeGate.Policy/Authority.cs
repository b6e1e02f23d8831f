using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>Who may sign: a named entry of the policy's <c>authorities</c>, of kind <c>cosign</c> (keys) or <c>keyless</c> (identities).</summary>
public sealed class Authority
{
    internal Authority(string name, PolicyPosition position, SignerRequirement requirement)
    {
        Name = name;
        Position = position;
        Requirement = requirement;
        PossibleSigners = SignersOf(requirement);
    }

    /// <summary>The name, unique in the policy.</summary>
    public string Name { get; }

    /// <summary>Where it is written.</summary>
    public PolicyPosition Position { get; }

    /// <summary>Its keys or identities, formats and annotations. What the rule adds is in <see cref="RequirementFor"/>.</summary>
    public SignerRequirement Requirement { get; }

    /// <summary>Every signer that could ever satisfy it.</summary>
    internal SignerSet PossibleSigners { get; }

    /// <summary>What is asked of a signature under the rule of <paramref name="match"/>.</summary>
    public SignerRequirement RequirementFor(RuleMatch match)
    {
        ArgumentNullException.ThrowIfNull(match);
        return Requirement with { SignedRepository = match.SignedRepository };
    }

    private static SignerSet SignersOf(SignerRequirement requirement) => requirement switch
    {
        KeyRequirement key => SignerSet.Of(key.Keys.Select(k => $"key:{k.Key.Fingerprint}")),
        KeylessRequirement keyless => SignerSet.Of(
            keyless.Identities.Where(IsExact).Select(i => $"identity:{i.Issuer.Text} {i.Subject.Text}"), !keyless.Identities.All(IsExact)),
        _ => throw new ArgumentOutOfRangeException(nameof(requirement), requirement, "Not a kind of authority."),
    };

    private static bool IsExact(IdentityRequirement identity) => !identity.Issuer.IsRegex && !identity.Subject.IsRegex;
}
