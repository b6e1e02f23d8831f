using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Timestamps;

/// <summary>Verifies RFC 3161 timestamps (verification.md section 2.8).</summary>
internal static class TimestampVerifier
{
    /// <summary>
    /// Every timestamp: one that is wrong fails all, also beside a good one. One of an authority that the trust root does not have counts for
    /// nothing, as an entry of an unknown log: clients stamp what they sign whether or not its verifiers know the authority.
    /// </summary>
    /// <param name="trace">Takes the steps.</param>
    /// <param name="timestamps">The timestamps, as TimeStampResp in DER.</param>
    /// <param name="stamped">What they have to be over: the signature's bytes, or the envelope of a legacy attestation.</param>
    /// <param name="root">The trust root.</param>
    /// <param name="verified">The times and who signed them.</param>
    public static RejectedEvidence? VerifyAll(
        VerificationTrace trace,
        ImmutableArray<byte[]> timestamps,
        ReadOnlyMemory<byte> stamped,
        TrustRoot root,
        out ImmutableArray<VerifiedTimestamp> verified)
    {
        verified = [];
        var found = ImmutableArray.CreateBuilder<VerifiedTimestamp>(timestamps.Length);
        foreach (var timestamp in timestamps)
        {
            var read = Finding.Read(DecisionReason.TimestampInvalid, () => TimestampToken.Read(timestamp).CheckImprint(stamped.Span));
            if (trace.Take(StepNames.Timestamp, read, out var token) is { } malformed)
            {
                return malformed;
            }

            if (IsOfAStranger(token!, root))
            {
                trace.Skip(StepNames.TimestampAuthority, "the timestamp's authority is none of the trust root's; the timestamp does not count");
                continue;
            }

            // Where the token has no certificate, that of the trust root is meant.
            var signed = token!.FindSigner(root.TimestampAuthorities.SelectMany(a => a.Chain));
            if (trace.Take(StepNames.TimestampAuthority, Finding.Then(signed, s => CheckSigner(s, token, root)), out var trusted) is { } untrusted)
            {
                return untrusted;
            }

            found.Add(trusted!);
        }

        verified = found.DrainToImmutable();
        return null;
    }

    /// <summary>Going by names: what claims to be of a trusted authority is judged, and whoever claims nothing proves nothing.</summary>
    private static bool IsOfAStranger(TimestampToken token, TrustRoot root)
    {
        var trusted = root.TimestampAuthorities.SelectMany(a => a.Chain).ToArray();
        return trusted.Length == 0
            || (!token.Certificates.IsEmpty && !token.Certificates.Any(c => trusted.Any(t => c.Issuer.Span.SequenceEqual(t.Subject.Span) || c.IsSame(t))));
    }

    private static Finding<VerifiedTimestamp> CheckSigner(Certificate signer, TimestampToken token, TrustRoot root)
    {
        // Of the very certificate that signed, and not of another one that lies beside it (GHSA-xm5m-wgh2-rrg3).
        // check: timestamp-signer-purpose
        if (signer.ExtendedKeyUsage is not { IsCritical: true, Purposes: [Oids.TimeStamping] })
        {
            return Finding.Fail<VerifiedTimestamp>(
                DecisionReason.TimestampInvalid, "the timestamp's certificate is not for timestamps alone (one extended key usage, critical)");
        }

        var authorities = root.TimestampAuthorities.Where(a => MayBe(a, signer)).ToImmutableArray();
        var path = CertificatePathValidator.BuildToAny(signer, token.Certificates, authorities, Oids.TimeStamping, [token.Time]);
        return Finding.As(path, DecisionReason.TimestampInvalid, p => new VerifiedTimestamp(p.Authority, token.Time));
    }

    /// <summary>Where a trust root names an authority's own certificate, no other one that its issuer certified may stand for it.</summary>
    private static bool MayBe(CertificateAuthority authority, Certificate signer)
    {
        // check: timestamp-signer-pinned
        if (authority.Chain[0] is { BasicConstraints: not { IsAuthority: true } } own && !own.Raw.Span.SequenceEqual(signer.Raw.Span))
        {
            return false;
        }

        return true;
    }
}
