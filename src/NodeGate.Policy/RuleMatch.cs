using NodeGate.Oci;

namespace NodeGate.Policy;

/// <summary>What decides for one reference: a rule, or the policy's <c>unmatched</c>. Made by <see cref="PolicyModel"/> alone.</summary>
public sealed record RuleMatch
{
    internal RuleMatch(string policyRevision, PolicyMode mode, RuleAction action)
    {
        PolicyRevision = policyRevision;
        Mode = mode;
        Action = action;
    }

    /// <summary>The revision of the policy that was matched.</summary>
    public string PolicyRevision { get; }

    /// <summary>The name of the rule or exception; null where none matches.</summary>
    public string? Rule { get; internal init; }

    /// <summary>The pattern that matched, normalised; null where no rule matches.</summary>
    public string? Pattern { get; internal init; }

    /// <summary>The mode of the rule, or of the policy.</summary>
    public PolicyMode Mode { get; }

    /// <summary>What is to be done.</summary>
    public RuleAction Action { get; }

    /// <summary>The rule's <c>signedRepository</c>, normalised, or null.</summary>
    public string? SignedRepository { get; internal init; }

    /// <summary>True when a reference by tag is refused; see <see cref="PolicyRule.RequiresDigest"/>.</summary>
    public bool RequiresDigest { get; internal init; }

    /// <summary>True when the signature of this node's own image in an index will do; see <see cref="PolicyRule.VerifiesPlatform"/>.</summary>
    public bool VerifiesPlatform { get; internal init; }

    /// <summary>The rule's <c>signatureRepository</c>, normalised, or null: signatures are looked for in the image's own.</summary>
    public string? SignatureRepository { get; internal init; }

    /// <summary>True when an admission may outlive its time during an outage; see <see cref="PolicyRule.AllowsGrace"/>.</summary>
    public bool AllowsGrace { get; internal init; }

    /// <summary>An exception that covers the image here and has ended: what decides now is the rule that it had set aside. Null where there is none.</summary>
    public PolicyExemption? Ended { get; internal init; }

    /// <summary>
    /// True when a rule or exception names a digest of this repository and the image's digest was not given: another rule may decide once it is
    /// known, so match again with it before answering, also where <see cref="Action"/> is static.
    /// </summary>
    public bool NeedsDigest { get; internal init; }

    /// <summary>
    /// The same for a caller that puts the digest in the place of the tag: that is what <see cref="RequiresDigest"/> wants, so the tag has to be
    /// resolved, by static rules as well, and is then no reason to refuse.
    /// </summary>
    public RuleMatch ForPinning(bool isResolved) =>
        RequiresDigest ? this with { RequiresDigest = false, NeedsDigest = NeedsDigest || !isResolved } : this;

    /// <summary>The basis of a decision under this match.</summary>
    public DecisionBasis Basis(string image, ImageReference reference, Digest? digest, string? @namespace) =>
        new(image, reference, digest ?? reference?.Digest, @namespace, Rule, Mode, PolicyRevision);
}
