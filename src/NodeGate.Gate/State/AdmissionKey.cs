using NodeGate.Oci;

namespace NodeGate.Gate.State;

/// <summary>
/// What an admission is good for, and nothing else: another repository, digest, rule, policy or trust root is another question.
/// </summary>
/// <param name="Repository">Registry and repository, normalised.</param>
/// <param name="Digest">The digest that was verified.</param>
/// <param name="Rule">The rule that decided; it stands for the namespace as well, which only chooses the rule.</param>
/// <param name="PolicyRevision">The revision of the policy.</param>
/// <param name="TrustRevision">The revision of the keys and trust roots.</param>
public sealed record AdmissionKey(string Repository, Digest Digest, string Rule, string PolicyRevision, string TrustRevision)
{
    /// <summary>
    /// Null: good under every tag. Where a signature names its tag, the tag that it was judged for, or empty for a question without one: a
    /// signature for <c>:1.0</c> must not admit the same digest under <c>:2.0</c>, nor one that was refused there refuse it here.
    /// </summary>
    public string? Tag { get; init; }

    /// <summary>The same for <paramref name="reference"/>'s tag alone.</summary>
    public AdmissionKey ForTagOf(ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return this with { Tag = reference.Tag ?? "" };
    }
}
