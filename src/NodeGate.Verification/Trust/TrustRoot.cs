using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NodeGate.Oci;
using NodeGate.Verification.Trust;

namespace NodeGate.Verification;

/// <summary>Whom a Sigstore verification trusts: certificate authorities, logs, timestamp authorities. Immutable and safe for concurrent use.</summary>
public sealed class TrustRoot
{
    internal TrustRoot(
        Digest revision,
        ImmutableArray<TransparencyLog> transparencyLogs,
        ImmutableArray<TransparencyLog> certificateLogs,
        ImmutableArray<CertificateAuthority> certificateAuthorities,
        ImmutableArray<CertificateAuthority> timestampAuthorities,
        ImmutableArray<string> warnings,
        string? problem)
    {
        Revision = revision;
        TransparencyLogs = transparencyLogs;
        CertificateLogs = certificateLogs;
        CertificateAuthorities = certificateAuthorities;
        TimestampAuthorities = timestampAuthorities;
        Warnings = warnings;
        Problem = problem;
    }

    /// <summary>SHA-256 of what it was made from: changes whenever what is trusted could.</summary>
    public Digest Revision { get; }

    /// <summary>The transparency logs (Rekor).</summary>
    public ImmutableArray<TransparencyLog> TransparencyLogs { get; }

    /// <summary>The certificate transparency logs. Where there are none, no SCT is asked for: a private Fulcio without a log.</summary>
    public ImmutableArray<TransparencyLog> CertificateLogs { get; }

    /// <summary>The authorities that certify signers (Fulcio).</summary>
    public ImmutableArray<CertificateAuthority> CertificateAuthorities { get; }

    /// <summary>The timestamp authorities (RFC 3161).</summary>
    public ImmutableArray<CertificateAuthority> TimestampAuthorities { get; }

    /// <summary>Members that were left out because NodeGate does not know their kind of key; each a sentence.</summary>
    public ImmutableArray<string> Warnings { get; }

    /// <summary>Why nothing can be verified with it (not fetched yet, say), a sentence with the fix; null where it can be used.</summary>
    public string? Problem { get; }

    /// <summary>
    /// A trust root that cannot be used: every verification with it fails with <see cref="DecisionReason.TrustRootUnusable"/>, which leaves a
    /// decision open rather than denied.
    /// </summary>
    public static TrustRoot Unusable(string problem)
    {
        ArgumentException.ThrowIfNullOrEmpty(problem);
        return new TrustRoot(Digest.Of(System.Text.Encoding.UTF8.GetBytes(problem)), [], [], [], [], [], problem);
    }

    /// <summary>The trust root of a private Sigstore, from its parts.</summary>
    /// <param name="transparencyLogs">The transparency logs.</param>
    /// <param name="certificateLogs">The certificate transparency logs; where there are none, no SCT is asked for.</param>
    /// <param name="certificateAuthorities">The authorities that certify signers.</param>
    /// <param name="timestampAuthorities">The timestamp authorities.</param>
    /// <param name="trustRoot">The trust root.</param>
    /// <param name="error">What was found and what was expected.</param>
    public static bool TryCreate(
        ImmutableArray<TransparencyLog> transparencyLogs,
        ImmutableArray<TransparencyLog> certificateLogs,
        ImmutableArray<CertificateAuthority> certificateAuthorities,
        ImmutableArray<CertificateAuthority> timestampAuthorities,
        [NotNullWhen(true)] out TrustRoot? trustRoot,
        [NotNullWhen(false)] out string? error)
    {
        trustRoot = null;
        error = Refusal(transparencyLogs, certificateLogs, certificateAuthorities, timestampAuthorities);
        if (error is null)
        {
            var revision = TrustRootRevision.Of(transparencyLogs, certificateLogs, certificateAuthorities, timestampAuthorities);
            trustRoot = new TrustRoot(revision, transparencyLogs, certificateLogs, certificateAuthorities, timestampAuthorities, [], problem: null);
        }

        return trustRoot is not null;
    }

    /// <summary>Parses a <c>trusted_root.json</c> of version 0.1 or 0.2 (sigstore_trustroot.proto as JSON).</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="trustRoot">The trust root.</param>
    /// <param name="error">What was found, what was expected, where.</param>
    public static bool TryParse(ReadOnlySpan<byte> content, [NotNullWhen(true)] out TrustRoot? trustRoot, [NotNullWhen(false)] out string? error) =>
        TrustRootReader.TryRead(content, out trustRoot, out error);

    private static string? Refusal(
        ImmutableArray<TransparencyLog> transparencyLogs,
        ImmutableArray<TransparencyLog> certificateLogs,
        ImmutableArray<CertificateAuthority> certificateAuthorities,
        ImmutableArray<CertificateAuthority> timestampAuthorities)
    {
        int[] counts = [transparencyLogs.Length, certificateLogs.Length, certificateAuthorities.Length, timestampAuthorities.Length];
        // check: limit-trust-root-members
        if (counts.Max() > VerificationLimits.MaxTrustRootMembers)
        {
            return $"{counts.Max()} members of one kind; at most {VerificationLimits.MaxTrustRootMembers}";
        }

        // One key under two operators would be two voices in a threshold.
        // check: private-log-twice
        if (transparencyLogs.DistinctBy(l => l.Key).Count() < transparencyLogs.Length)
        {
            return "two transparency logs with the same key; expected each log once";
        }

        return null;
    }
}
