using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>One question with its digest and the rule that requires evidence for it.</summary>
/// <param name="Policy">The policy, taken once for the whole question.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Reference">The normalised reference.</param>
/// <param name="Digest">The digest that is judged.</param>
/// <param name="Match">The rule.</param>
/// <param name="Basis">What a decision is based on.</param>
/// <param name="Key">What an admission would be good for.</param>
internal sealed record Question(
    PolicyModel Policy, GateRequest Request, ImageReference Reference, Digest Digest, RuleMatch Match, DecisionBasis Basis, AdmissionKey Key)
{
    /// <summary>The same for this tag alone: for what depends on it, or may.</summary>
    internal AdmissionKey TagKey { get; } = Key.ForTagOf(Reference);

    internal static Question Of(PolicyModel policy, GateRequest request, ImageReference reference, Digest digest, RuleMatch match)
    {
        var rule = match.Rule ?? throw new InvalidOperationException("A rule that requires evidence has a name.");
        return new Question(
            policy,
            request,
            reference,
            digest,
            match,
            match.Basis(request.Image, reference, digest, request.Namespace),
            new AdmissionKey(reference.Name, digest, rule, policy.Revision, policy.TrustRevision));
    }

    /// <summary>The repository that the signatures lie in.</summary>
    internal string EvidenceRepository => Match.SignatureRepository ?? Reference.Name;

    /// <summary>The same rule about another digest, for an index and its images.</summary>
    internal Question About(Digest digest) => Of(Policy, Request, Reference, digest, Match);
}
