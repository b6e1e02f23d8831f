using System.Collections.Immutable;

namespace NodeGate.Verification.Certificates;

/// <summary>What a certificate must say about itself for its place in a path (RFC 5280 section 6.1; verification.md section 2.9).</summary>
internal static class CertificateRules
{
    /// <summary>
    /// The extensions that are processed. Name constraints are not: a path with any is refused, critical or not, rather than read half.
    /// </summary>
    private static readonly ImmutableArray<string> Processed = [Oids.KeyUsage, Oids.SubjectAlternativeName, Oids.BasicConstraints, Oids.ExtendedKeyUsage];

    /// <summary>Why this certificate cannot be a signer's; null where it can.</summary>
    public static string? LeafProblem(Certificate leaf, string purpose)
    {
        // check: path-leaf-authority
        if (leaf.BasicConstraints is { IsAuthority: true })
        {
            return "is that of a certificate authority, not of a signer";
        }

        // check: path-leaf-key-usage
        if (leaf.KeyUsage is not { DigitalSignature: true })
        {
            return "has no key usage digitalSignature";
        }

        // Without the extension a certificate would be good for everything: one for a web server's name could sign images.
        // check: path-leaf-purpose
        if (leaf.ExtendedKeyUsage is null || !leaf.ExtendedKeyUsage.Has(purpose))
        {
            return $"has not the extended key usage {purpose}";
        }

        // check: path-leaf-any-purpose
        if (leaf.ExtendedKeyUsage?.Has(Oids.AnyExtendedKeyUsage) ?? false)
        {
            return "has the extended key usage 'any', which says nothing";
        }

        return ExtensionProblem(leaf);
    }

    /// <summary>Why this certificate cannot be the issuer of what is below it; null where it can.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <param name="intermediates">How many intermediates are below it, those that name themselves as their issuer included.</param>
    /// <param name="purpose">What the leaf is for.</param>
    public static string? IssuerProblem(Certificate issuer, int intermediates, string purpose)
    {
        // check: path-issuer-authority
        if (issuer.BasicConstraints is not { IsAuthority: true })
        {
            return "is not that of a certificate authority (basicConstraints)";
        }

        // check: path-issuer-path-length
        if (intermediates > issuer.BasicConstraints?.PathLength)
        {
            return $"allows {issuer.BasicConstraints.PathLength} intermediates below it (pathLenConstraint); there are {intermediates}";
        }

        // check: path-issuer-key-usage
        if (issuer.KeyUsage is { CertificateSigning: false })
        {
            return "has a key usage without keyCertSign";
        }

        // check: path-issuer-purpose
        if (issuer.ExtendedKeyUsage is { } usage && !usage.Has(purpose) && !usage.Has(Oids.AnyExtendedKeyUsage))
        {
            return $"has an extended key usage without {purpose}";
        }

        return ExtensionProblem(issuer);
    }

    private static string? ExtensionProblem(Certificate certificate)
    {
        // check: path-name-constraints
        if (certificate.Find(Oids.NameConstraints) is not null)
        {
            return "has name constraints, which are not supported";
        }

        var unknown = certificate.Extensions.FirstOrDefault(e => e.IsCritical && !Processed.Contains(e.Oid, StringComparer.Ordinal));
        // check: path-critical-extension
        if (unknown is not null)
        {
            return $"has the critical extension {unknown.Oid}, which is not known";
        }

        return null;
    }
}
