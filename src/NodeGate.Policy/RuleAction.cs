namespace NodeGate.Policy;

/// <summary>What a rule does with an image: exactly one of <see cref="Allow"/>, <see cref="Deny"/> and <see cref="Require"/>.</summary>
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

    /// <summary>The image is admitted when the requirement holds.</summary>
    public sealed record Require : RuleAction
    {
        internal Require(Requirement requirement) => Requirement = requirement;

        /// <summary>The tree over authorities.</summary>
        public Requirement Requirement { get; }
    }
}
