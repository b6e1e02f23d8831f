using System.Collections.Immutable;

namespace NodeGate.Policy;

/// <summary>What a rule's <c>require</c> asks for: a tree over authorities. Every list has at least one member.</summary>
public abstract record Requirement
{
    private Requirement()
    {
    }

    /// <summary>The authorities that the tree names, each once, in the order in which they are written.</summary>
    public ImmutableArray<Authority> Authorities()
    {
        var found = ImmutableArray.CreateBuilder<Authority>();
        Collect(this, found);
        return found.DrainToImmutable();
    }

    private static void Collect(Requirement requirement, ImmutableArray<Authority>.Builder found)
    {
        if (requirement is AuthorityRef { Authority: var authority })
        {
            if (!found.Contains(authority))
            {
                found.Add(authority);
            }

            return;
        }

        foreach (var member in requirement.Members)
        {
            Collect(member, found);
        }
    }

    /// <summary>The members of a list; empty for an authority.</summary>
    public abstract ImmutableArray<Requirement> Members { get; }

    /// <summary>One authority must be satisfied.</summary>
    public sealed record AuthorityRef : Requirement
    {
        internal AuthorityRef(Authority authority) => Authority = authority;

        /// <summary>The authority.</summary>
        public Authority Authority { get; }

        /// <inheritdoc/>
        public override ImmutableArray<Requirement> Members => [];

        /// <inheritdoc/>
        public override string ToString() => Authority.Name;
    }

    /// <summary>At least one member must be satisfied.</summary>
    public sealed record AnyOf : Requirement
    {
        internal AnyOf(ImmutableArray<Requirement> members) => Members = members;

        /// <inheritdoc/>
        public override ImmutableArray<Requirement> Members { get; }

        /// <inheritdoc/>
        public override string ToString() => $"anyOf [{string.Join(", ", Members)}]";
    }

    /// <summary>Every member must be satisfied.</summary>
    public sealed record AllOf : Requirement
    {
        internal AllOf(ImmutableArray<Requirement> members) => Members = members;

        /// <inheritdoc/>
        public override ImmutableArray<Requirement> Members { get; }

        /// <inheritdoc/>
        public override string ToString() => $"allOf [{string.Join(", ", Members)}]";
    }

    /// <summary>
    /// The satisfied members must have <see cref="Count"/> distinct signers between them. Signers are counted, never signatures and never
    /// members: one key that is listed in two authorities is one signer.
    /// </summary>
    public sealed record AtLeast : Requirement
    {
        internal AtLeast(int count, ImmutableArray<Requirement> members)
        {
            Count = count;
            Members = members;
        }

        /// <summary>How many distinct signers are needed; at least 1.</summary>
        public int Count { get; }

        /// <inheritdoc/>
        public override ImmutableArray<Requirement> Members { get; }

        /// <inheritdoc/>
        public override string ToString() => $"atLeast {Count} of [{string.Join(", ", Members)}]";
    }
}
