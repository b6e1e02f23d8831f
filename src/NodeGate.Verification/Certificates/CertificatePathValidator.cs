using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>
/// Step <c>certificatePath</c>: from a leaf over intermediates to an authority's anchor, in two parts: signatures and rules once, validity for each
/// trusted time (the hybrid model of verification.md section 2.9: everything must be valid at the time of signing).
/// </summary>
internal static class CertificatePathValidator
{
    /// <summary>Builds and verifies a path to one authority. Nothing in it is judged by time yet: see <see cref="CheckValidAt"/>.</summary>
    /// <param name="leaf">The signer's certificate.</param>
    /// <param name="intermediates">What came with the evidence; may help the path along, but never ends it.</param>
    /// <param name="authority">Where the path must end.</param>
    /// <param name="requiredEku">What the leaf must be for: <see cref="Oids.CodeSigning"/> or <see cref="Oids.TimeStamping"/>.</param>
    public static Finding<CertificatePath> Build(
        Certificate leaf, ImmutableArray<Certificate> intermediates, CertificateAuthority authority, string requiredEku)
    {
        var (path, problem) = Search(leaf, intermediates, authority, requiredEku);
        return path is null ? Fail(problem?.Detail) : Finding.Pass(path, Describe(path));
    }

    /// <summary>Whether every certificate of the path, and the authority, is valid at a time, both ends included.</summary>
    public static Finding<CertificatePath> CheckValidAt(CertificatePath path, DateTimeOffset time) =>
        TimeProblem(path, time) is { } problem ? Fail(problem) : Finding.Pass(path, $"valid at {Shown.Time(time)}");

    /// <summary>
    /// The same with several authorities, of which some may have the same name: the first for which everything holds, at all times.
    /// </summary>
    public static Finding<CertificatePath> BuildToAny(
        Certificate leaf,
        ImmutableArray<Certificate> intermediates,
        ImmutableArray<CertificateAuthority> authorities,
        string requiredEku,
        IReadOnlyList<DateTimeOffset> times)
    {
        // check: path-times
        if (times.Count == 0)
        {
            return Fail("there is no trusted time at which the certificate could be judged");
        }

        // check: path-authorities
        if (authorities.IsEmpty)
        {
            return Finding.Fail<CertificatePath>(DecisionReason.CertificateInvalid, "the trust root has no authority for such certificates");
        }

        PathProblem? furthest = null;
        foreach (var authority in authorities)
        {
            var (path, problem) = Search(leaf, intermediates, authority, requiredEku);
            var timeProblem = path is null ? null : times.Select(t => TimeProblem(path, t)).FirstOrDefault(p => p is not null);
            if (path is not null && timeProblem is null)
            {
                return Finding.Pass(path, $"{Describe(path)}, valid at {string.Join(", ", times.Select(Shown.Time))}");
            }

            furthest = PathProblem.Furthest(furthest, path is null ? problem : new PathProblem(PathProblem.AllButTime, timeProblem!));
        }

        return Fail(furthest?.Detail);
    }

    private static (CertificatePath? Path, PathProblem? Problem) Search(
        Certificate leaf, ImmutableArray<Certificate> intermediates, CertificateAuthority authority, string purpose) =>
        CertificateRules.LeafProblem(leaf, purpose) is { } rule
            ? (null, new PathProblem(0, $"the certificate {rule}"))
            : PathSearch.Run(leaf, intermediates, authority, purpose);

    private static string? TimeProblem(CertificatePath path, DateTimeOffset time)
    {
        var outside = path.Certificates.FirstOrDefault(c => time < c.NotBefore || time > c.NotAfter);
        // check: path-validity
        if (outside is not null)
        {
            var which = ReferenceEquals(outside, path.Leaf) ? "the certificate" : $"the issuer's certificate {DistinguishedName.Show(outside.Subject)}";
            return $"{which} is valid {new ValidityPeriod(outside.NotBefore, outside.NotAfter)}, which {Shown.Time(time)} is not within";
        }

        // check: path-authority-period
        if (!path.Authority.ValidFor.Contains(time))
        {
            return $"the authority {Shown.Text(path.Authority.Uri)} is trusted {path.Authority.ValidFor}, which {Shown.Time(time)} is not within";
        }

        return null;
    }

    private static Finding<CertificatePath> Fail(string? detail) =>
        Finding.Fail<CertificatePath>(DecisionReason.CertificateInvalid, detail ?? "the certificate leads to no authority");

    private static string Describe(CertificatePath path) =>
        $"{path.Certificates.Length} certificates to the anchor of {Shown.Text(path.Authority.Uri)}";
}
