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
public sealed record AdmissionKey(string Repository, Digest Digest, string Rule, string PolicyRevision, string TrustRevision);
