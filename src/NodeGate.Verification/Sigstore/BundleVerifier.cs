using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Attestations;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Sigstore;

/// <summary>A signature or attestation in a Sigstore bundle, by key or by identity.</summary>
/// <remarks>
/// The order of verification.md section 2.2: 1. structure; 2. a key or a certificate, as the authority has it; 3. the content, of which only
/// the outside is read; 4. the signer (<see cref="SignerVerifier"/>); only then, from the verified payload, 5. statement, predicate type,
/// digest, annotations.
/// </remarks>
internal static class BundleVerifier
{
    public static EvidenceResult Verify(BundleEvidence evidence, SignedSubject subject, SignerRequirement requirement)
    {
        var trace = new VerificationTrace(evidence);
        var accepted = requirement.AcceptBundle;
        if (EvidenceOpening.Open(trace, evidence, accepted, evidence.Bundle, VerificationLimits.MaxBundleBytes, out var bytes) is { } unopened)
        {
            return unopened;
        }

        if (SigstoreBundle.Read(trace, bytes, out var bundle) is { } malformed)
        {
            return malformed;
        }

        if (trace.Take(StepNames.KeyMaterial, bundle!.Material.Check(requirement), out _) is { } otherKind)
        {
            return otherKind;
        }

        return bundle.Document.Envelope is null
            ? VerifyMessage(trace, bundle, subject, requirement)
            : VerifyEnvelope(trace, bundle, subject, requirement);
    }

    private static EvidenceResult VerifyMessage(VerificationTrace trace, SigstoreBundle bundle, SignedSubject subject, SignerRequirement requirement)
    {
        var read = Finding.Read(
            DecisionReason.SignatureInvalid, "message signature", () => MessageSignature.Read(bundle.Document.Message!.Value));
        if (trace.Take(StepNames.SignatureEncoding, read, out var message) is { } malformed)
        {
            return malformed;
        }

        if (trace.Take(StepNames.MessageDigest, message!.CheckDigest(subject), out _) is { } otherDigest)
        {
            return otherDigest;
        }

        // The message is the manifest itself, so the signature alone binds it; there is no payload that could say something else.
        var content = new SignedContent(ContentKind.Message, subject.Signed, message.Signature, Payload: null);
        if (SignerVerifier.Verify(trace, Material(bundle, content, requirement), requirement, out var signer) is { } unsigned)
        {
            return unsigned;
        }

        if (trace.Take(StepNames.PredicateType, PredicateKind.CheckPlain(requirement.AttestationType), out _) is { } noAttestation)
        {
            return noAttestation;
        }

        var annotations = RequiredAnnotations.Check(requirement.Annotations, ImmutableDictionary<string, string>.Empty);
        if (trace.Take(StepNames.Annotations, annotations, out _) is { } missing)
        {
            return missing;
        }

        trace.Skip(StepNames.Repository, "a bundle names no repository");
        return trace.Verified(signer, ImmutableDictionary<string, string>.Empty);
    }

    private static EvidenceResult VerifyEnvelope(VerificationTrace trace, SigstoreBundle bundle, SignedSubject subject, SignerRequirement requirement)
    {
        var read = Finding.Read(DecisionReason.SignatureInvalid, "one signature", () => DsseEnvelope.Read(bundle.Document.Envelope!.Value));
        if (trace.Take(StepNames.Envelope, read, out var envelope) is { } malformed)
        {
            return malformed;
        }

        return SignerVerifier.Verify(trace, Material(bundle, envelope!.Content, requirement), requirement, out var signer)
            ?? StatementVerifier.Verify(trace, envelope.Payload, subject, requirement, signer);
    }

    private static SignatureMaterial Material(SigstoreBundle bundle, SignedContent content, SignerRequirement requirement) => new()
    {
        Content = content,
        Certificates = bundle.Material.Certificates,
        LogEntries = bundle.LogEntries,
        Timestamps = bundle.Timestamps,
        KeyHint = Hint(bundle.Material.KeyHint, requirement),
    };

    /// <summary>What the bundle's hint adds to the message where no key fits. It is a stranger's text and selects nothing.</summary>
    private static string Hint(string? hint, SignerRequirement requirement)
    {
        foreach (var key in (requirement as KeyRequirement)?.Keys.Select(k => k.Key) ?? [])
        {
            if (hint == Convert.ToBase64String(key.Fingerprint.ToHash()))
            {
                return $"; its hint names key {key.Fingerprint}, so signature or content were altered";
            }
        }

        return string.Empty;
    }
}
