using System.Collections.Immutable;

namespace NodeGate.Verification;

/// <summary>What an authority asks of a signature or attestation, whoever makes it. The defaults accept nothing.</summary>
public abstract record SignerRequirement
{
    private protected SignerRequirement()
    {
    }

    /// <summary>Whether Sigstore bundles count (policy: <c>formats: [bundle]</c>).</summary>
    public bool AcceptBundle { get; init; }

    /// <summary>Whether legacy <c>.sig</c> signatures and <c>.att</c> attestations count (policy: <c>formats: [legacy]</c>).</summary>
    public bool AcceptLegacy { get; init; }

    /// <summary>Annotations that the signed payload must carry, with exactly these values; others may be there as well. Of signatures only.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// A repository that a legacy payload may name instead of the pulled one (policy: <c>signedRepository</c>, for mirrors and proxies);
    /// null: only the pulled one. Any spelling that normalises to it. A bundle names no repository, so this does not concern it.
    /// </summary>
    public string? SignedRepository { get; init; }

    /// <summary>
    /// Null: a signature is asked for. Otherwise an in-toto attestation with exactly this predicate type. The one never counts as the other:
    /// a scan report by the release job, that found the image bad, is not its signature (CVE-2022-35929, CVE-2022-35930).
    /// </summary>
    public string? AttestationType { get; init; }
}
