using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Policy.Testing;

/// <summary>What a policy says about an image to which nothing is attached: offline, because nothing has to be asked.</summary>
public static class UnsignedImage
{
    /// <summary>Stands for the digest of a tag of which none is known: no content has it, so that no rule by digest matches.</summary>
    private static readonly Digest Unknown = Digest.FromHash(DigestAlgorithm.Sha256, new byte[32]);

    /// <summary>The decision.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="image">The reference, as a pod would have it.</param>
    /// <param name="digest">What its tag resolves to; null where that is not known.</param>
    /// <param name="namespace">The pod's namespace, or null.</param>
    /// <param name="now">The time of the question.</param>
    public static Decision Decide(PolicyModel policy, string image, Digest? digest, string? @namespace, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (!ImageReference.TryParse(image, out var reference, out var error))
        {
            return Decider.InvalidReference(policy, image, @namespace, error);
        }

        // As the gate: a static rule answers by itself, unless one by digest could outrank it.
        var match = policy.Match(reference, null, @namespace, now);
        if (Decider.FromStatic(match, match.Basis(image, reference, null, @namespace)) is { } byReference)
        {
            return byReference;
        }

        var judged = reference.Digest ?? digest ?? Unknown;
        match = policy.Match(reference, judged, @namespace, now);
        var basis = match.Basis(image, reference, judged, @namespace);
        return Decider.FromStatic(match, basis) ?? FromNoEvidence(match, basis, reference, judged, now);
    }

    private static Decision FromNoEvidence(RuleMatch match, DecisionBasis basis, ImageReference reference, Digest judged, DateTimeOffset now)
    {
        if (judged.Algorithm != DigestAlgorithm.Sha256)
        {
            // Signatures are about the SHA-256 digest, which only the manifest's bytes tell.
            return Decider.Failed(match, basis, DecisionReason.NoSignature, $"Nothing is attached to {reference}; rule '{match.Rule}' requires {match.Action}.");
        }

        var required = (RuleAction.Require)match.Action;
        var subject = SignedSubject.KnownByDigest(reference, judged);
        return Decider.FromVerdicts(
            match,
            basis,
            [
                .. required.Requirement.Authorities().Select(authority => AuthorityJudge.Judge(authority, match, subject, [])),
                .. required.Attestations.SelectMany(a => a.By.Select(by => AuthorityJudge.JudgeAttestation(by, a, subject, [], null, now))),
            ]);
    }
}
