using NodeGate.Oci;

namespace NodeGate.Policy;

/// <summary>What was asked and what it was judged by.</summary>
/// <param name="Image">The reference as the caller wrote it.</param>
/// <param name="Reference">The normalised reference; null where it could not be parsed.</param>
/// <param name="Digest">The digest that was judged; null where none was needed or found.</param>
/// <param name="Namespace">The namespace of the pod; null where the caller has none.</param>
/// <param name="Rule">The name of the rule that decides; null where none matches.</param>
/// <param name="Mode">The mode of that rule, or of the policy.</param>
/// <param name="PolicyRevision">The revision of the policy that was applied.</param>
public sealed record DecisionBasis(
    string Image,
    ImageReference? Reference,
    Digest? Digest,
    string? Namespace,
    string? Rule,
    PolicyMode Mode,
    string PolicyRevision);
