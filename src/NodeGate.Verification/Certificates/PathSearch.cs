using System.Collections.Immutable;

namespace NodeGate.Verification.Certificates;

/// <summary>
/// The search for a path from a leaf to one authority's anchor. Key identifiers (AKI, SKI) are not looked at: they are hints, and the signature
/// answers what they only hint at.
/// </summary>
internal sealed class PathSearch
{
    private readonly CertificateAuthority _authority;
    private readonly ImmutableArray<Certificate> _candidates;
    private readonly string _purpose;
    private readonly List<Certificate> _path = new(VerificationLimits.MaxPathLength);
    private int _steps;
    private PathProblem? _problem;

    private PathSearch(CertificateAuthority authority, ImmutableArray<Certificate> intermediates, string purpose)
    {
        _authority = authority;
        _candidates = [.. authority.Chain, .. intermediates.Where(i => !authority.Chain.Any(i.IsSame))];
        _purpose = purpose;
    }

    /// <summary>The path, or why there is none.</summary>
    public static (CertificatePath? Path, PathProblem? Problem) Run(
        Certificate leaf, ImmutableArray<Certificate> intermediates, CertificateAuthority authority, string purpose)
    {
        leaf = authority.Own(leaf);
        // A certificate that is trusted to issue must not vouch for itself.
        // check: path-leaf-anchor
        if (ReferenceEquals(leaf, authority.Anchor))
        {
            return (null, new PathProblem(PathProblem.AllButTime, "the certificate is itself the authority's anchor; expected one that the authority issued"));
        }

        var search = new PathSearch(authority, intermediates, purpose);
        search._path.Add(leaf);
        return search.Extend() ? (new CertificatePath(authority, [.. search._path]), null) : (null, search._problem);
    }

    private bool Extend()
    {
        var last = _path[^1];
        if (ReferenceEquals(last, _authority.Anchor))
        {
            return true;
        }

        // check: limit-path-length
        if (_path.Count == VerificationLimits.MaxPathLength)
        {
            Note(2, $"the path from the certificate is longer than {VerificationLimits.MaxPathLength} certificates");
            return false;
        }

        var issuers = _candidates.Where(c => c.Subject.Span.SequenceEqual(last.Issuer.Span) && !_path.Contains(c)).ToList();
        if (issuers.Count == 0)
        {
            Note(0, $"{Place(last)} was issued by {DistinguishedName.Show(last.Issuer)}, which is none of the certificates of {Authority}");
        }

        return issuers.Any(issuer => Holds(last, issuer) && ExtendWith(issuer));
    }

    private bool Holds(Certificate issued, Certificate issuer)
    {
        // Many intermediates of one name would otherwise be tried in every order.
        // check: limit-path-steps
        if (_steps == VerificationLimits.MaxPathSteps)
        {
            var outOfSteps = $"more than {VerificationLimits.MaxPathSteps} certificates would have to be tried for a path to {Authority}";
            _problem = new PathProblem(PathProblem.OutOfSteps, outOfSteps);
            return false;
        }

        _steps++;
        if (_authority.SignatureProblem(issued, issuer) is { Length: > 0 } signature)
        {
            Note(1, $"{Place(issued)} {signature} ({Authority})");
            return false;
        }

        if (CertificateRules.IssuerProblem(issuer, _path.Count - 1, _purpose) is { } rule)
        {
            Note(2, $"the issuer's certificate {DistinguishedName.Show(issuer.Subject)} {rule} ({Authority})");
            return false;
        }

        return true;
    }

    private bool ExtendWith(Certificate issuer)
    {
        _path.Add(issuer);
        if (Extend())
        {
            return true;
        }

        _path.RemoveAt(_path.Count - 1);
        return false;
    }

    private void Note(int stage, string detail) => _problem = PathProblem.Furthest(_problem, new PathProblem((_path.Count * 4) + stage, detail));

    private string Authority => $"the authority {Strict.Shown.Text(_authority.Uri)}";

    private string Place(Certificate certificate) =>
        ReferenceEquals(certificate, _path[0]) ? "the certificate" : $"the intermediate certificate {DistinguishedName.Show(certificate.Subject)}";
}
