using System.Collections.Immutable;

namespace NodeGate.Policy;

/// <summary>What a rule does with an image: exactly one of <see cref="Allow"/>, <see cref="Deny"/> and <see cref="Require"/>; or an exception's <see cref="Exempt"/>.</summary>
public abstract record RuleAction
{
    private RuleAction()
    {
    }

    /// <summary>The image is admitted without evidence.</summary>
    public sealed record Allow : RuleAction
    {
        internal Allow(string reason) => Reason = reason;

        /// <summary>Why, as the policy says it.</summary>
        public string Reason { get; }
    }

    /// <summary>The image is refused whatever its evidence.</summary>
    public sealed record Deny : RuleAction
    {
        internal Deny(string reason) => Reason = reason;

        /// <summary>Why, as the policy says it.</summary>
        public string Reason { get; }
    }

    /// <summary>The image is admitted without evidence, because an exception that has not ended covers its digest.</summary>
    public sealed record Exempt : RuleAction
    {
        internal Exempt(PolicyExemption exemption) => Exemption = exemption;

        /// <summary>The exception.</summary>
        public PolicyExemption Exemption { get; }
    }

    /// <summary>The image is admitted when the requirement holds and every attestation is there.</summary>
    public sealed record Require : RuleAction
    {
        internal Require(Requirement requirement, ImmutableArray<AttestationRequirement> attestations)
        {
            Requirement = requirement;
            Attestations = attestations;
        }

        /// <summary>The tree over authorities.</summary>
        public Requirement Requirement { get; }

        /// <summary>The attestations that there must be as well; each of them.</summary>
        public ImmutableArray<AttestationRequirement> Attestations { get; }

        /// <summary>For people: what must be signed and attested.</summary>
        public override string ToString() => string.Join(" and ", Attestations.Select(a => a.ToString()).Prepend(Requirement.ToString()));
    }
}
