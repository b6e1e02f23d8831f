using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Signers;

/// <summary>A signature with a short-lived certificate for an identity that the authority names (verification.md section 2.2, steps 3 to 8 and 10).</summary>
/// <remarks>
/// 1. the trust root; 2. the certificate is readable; 3. its key made the signature; 4. logs and timestamps; 5. a trusted time; 6. the path to an
/// authority, at every trusted time; 7. the certificate was logged; 8. identity and extensions. All of them, always: none stands for another.
/// </remarks>
internal static class KeylessSigner
{
    public static RejectedEvidence? Verify(VerificationTrace trace, SignatureMaterial material, KeylessRequirement requirement, out SignerName signer)
    {
        signer = default;
        var root = requirement.TrustRoot;
        if (trace.Take(StepNames.TrustRoot, UsableTrustRoot.Check(root), out _) is { } unusable)
        {
            return unusable;
        }

        if (trace.Take(StepNames.Certificate, SignerCertificates.Check(material, root), out var certificates) is { } unreadable)
        {
            return unreadable;
        }

        var leaf = certificates!.Leaf;
        if (trace.Take(StepNames.Signature, CheckSignature(leaf, material), out _) is { } unsigned)
        {
            return unsigned;
        }

        if (TrustedTimes.Verify(trace, material, leaf.Key, leaf, root, requirement.Logs, requirement.Timestamps, out var times) is { } unlogged)
        {
            return unlogged;
        }

        if (trace.Take(StepNames.TrustedTime, CheckTime(times), out _) is { } timeless)
        {
            return timeless;
        }

        var path = CertificatePathValidator.BuildToAny(
            leaf, certificates.Intermediates, root.CertificateAuthorities, Oids.CodeSigning, times);
        if (trace.Take(StepNames.CertificatePath, path, out var found) is { } untrusted)
        {
            return untrusted;
        }

        var logged = SignedCertificateTimestamps.Check(leaf, found!.Issuer, root.CertificateLogs);
        if (trace.Take(StepNames.CertificateTransparency, logged, out _) is { } unpublished)
        {
            return unpublished;
        }

        return CheckIdentity(trace, leaf, requirement, out signer);
    }

    private static RejectedEvidence? CheckIdentity(
        VerificationTrace trace, Certificate leaf, KeylessRequirement requirement, out SignerName signer)
    {
        signer = default;
        if (trace.Take(StepNames.Certificate, SigningIdentity.Read(leaf), out var identity) is { } malformed)
        {
            return malformed;
        }

        if (trace.Take(StepNames.Identity, SigningIdentity.Check(identity!, requirement.Identities), out _) is { } stranger)
        {
            return stranger;
        }

        if (trace.Take(StepNames.CertificateExtensions, SigningIdentity.CheckExtensions(identity!, requirement.Certificate), out _) is { } otherBuild)
        {
            return otherBuild;
        }

        signer = SignerName.Of(identity!.Issuer, identity.Subject);
        return null;
    }

    private static Finding<bool> CheckSignature(Certificate leaf, SignatureMaterial material)
    {
        // check: keyless-signature
        if (!leaf.Key.Verifies(material.Content.Signed, material.Content.Signature))
        {
            return Finding.Invalid<bool>("does not verify with the key of its certificate: signature or content were altered, or it is another signature's certificate");
        }

        return Finding.Pass(true, $"verifies with the certificate's key ({leaf.Key.Algorithm})");
    }

    /// <summary>The certificate is good for minutes: without a time from somebody trusted it could have been used years later.</summary>
    private static Finding<bool> CheckTime(ImmutableArray<DateTimeOffset> times)
    {
        // check: trusted-time
        if (times.IsEmpty)
        {
            return Finding.Fail<bool>(
                DecisionReason.TimestampInvalid,
                "no trusted time: neither a log's signed promise (Rekor v1) nor a timestamp of a trusted authority; sign with a timestamp authority");
        }

        return Finding.Pass(true, string.Join(", ", times.Select(Shown.Time)));
    }
}
