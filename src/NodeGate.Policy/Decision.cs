using System.Collections.Immutable;
using NodeGate.Oci;

namespace NodeGate.Policy;

/// <summary>
/// The answer to "may this reference be pulled here, and as which digest?". Exactly one of <see cref="Admitted"/>,
/// <see cref="Denied"/> and <see cref="Undetermined"/>; only the first carries a permit.
/// </summary>
public abstract record Decision
{
    private Decision(DecisionBasis basis, DecisionReason reason, string message)
    {
        Basis = basis;
        Reason = reason;
        Message = message;
    }

    /// <summary>What was asked and what it was judged by.</summary>
    public DecisionBasis Basis { get; }

    /// <summary>The stable reason.</summary>
    public DecisionReason Reason { get; }

    /// <summary>
    /// One sentence for the user, with the fix. The same failure gives the same bytes, whatever the credentials: the kubelet only shows
    /// the reason when the messages of all its credentials are equal (kubelet-observed.md section 2).
    /// </summary>
    public string Message { get; internal init; }

    /// <summary>The verdicts of the authorities that were asked, in the policy's order; empty for static answers.</summary>
    public ImmutableArray<AuthorityVerdict> Verdicts { get; init; } = [];

    /// <summary>True when the ledger answered and nothing was verified anew.</summary>
    public bool Cached { get; init; }

    /// <summary>
    /// What the reference resolved to, where it was resolved: another digest than the one decided on where that is one image of an index. Null where
    /// no registry was asked.
    /// </summary>
    public Digest? Resolved { get; init; }

    /// <summary>The signers that satisfied the rule, for people and the audit log.</summary>
    public ImmutableArray<string> Signers { get; init; } = [];

    /// <summary>The image may be pulled.</summary>
    public sealed record Admitted : Decision
    {
        internal Admitted(DecisionBasis basis, DecisionReason reason, string message, AdmittedImage image, Decision? observed)
            : base(basis, reason, message)
        {
            Image = image;
            Observed = observed;
        }

        /// <summary>The permit.</summary>
        public AdmittedImage Image { get; }

        /// <summary>
        /// In audit mode, the refusal that would have been: it is what is recorded and shown. Null where the image is admitted on its merits.
        /// </summary>
        public Decision? Observed { get; }
    }

    /// <summary>The image must not be pulled.</summary>
    public sealed record Denied : Decision
    {
        internal Denied(DecisionBasis basis, DecisionReason reason, string message)
            : base(basis, reason, message)
        {
        }
    }

    /// <summary>Nobody knows, so the image is not pulled.</summary>
    public sealed record Undetermined : Decision
    {
        internal Undetermined(DecisionBasis basis, DecisionReason reason, string message)
            : base(basis, reason, message)
        {
        }
    }

    /// <summary>The stable word for JSON and the audit log: <c>Admitted</c>, <c>Denied</c> or <c>Undetermined</c>.</summary>
    public string Outcome => this switch
    {
        Admitted => nameof(Admitted),
        Denied => nameof(Denied),
        _ => nameof(Undetermined),
    };

    /// <summary>What is recorded and shown: the observed refusal in audit mode, else this decision itself.</summary>
    public Decision Effective => this is Admitted { Observed: { } observed } ? observed : this;
}
