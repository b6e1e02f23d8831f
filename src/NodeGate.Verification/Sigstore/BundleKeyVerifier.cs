using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Sigstore;

/// <summary>A cosign signature by key in a Sigstore bundle.</summary>
/// <remarks>
/// The order of verification.md sections 1.3 and 2.2: 1. structure; 2. a key, not a certificate; 3. the signature, over the DSSE
/// envelope's PAE or over the manifest's bytes; only then, from the verified payload, 4. statement, predicate type, digest, annotations.
/// </remarks>
internal static class BundleKeyVerifier
{
    public static EvidenceResult Verify(BundleEvidence evidence, SignedSubject subject, KeyRequirement requirement)
    {
        var trace = new VerificationTrace(evidence);
        if (trace.Take(StepNames.Format, AcceptedFormat.Check(evidence.Kind, requirement.AcceptBundle), out _) is { } format)
        {
            return format;
        }

        var content = EvidenceContent.Check(evidence.Source, evidence.Bundle, VerificationLimits.MaxBundleBytes);
        if (trace.Take(StepNames.Content, content, out var bytes) is { } unread)
        {
            return unread;
        }

        if (SigstoreBundle.Read(trace, bytes, out var bundle) is { } malformed)
        {
            return malformed;
        }

        if (trace.Take(StepNames.KeyMaterial, bundle!.Material.Check(requirement), out _) is { } certificate)
        {
            return certificate;
        }

        return bundle.Document.Envelope is null
            ? VerifyMessage(trace, bundle, bundle.Material.KeyHint!, subject, requirement)
            : VerifyEnvelope(trace, bundle, bundle.Material.KeyHint!, subject, requirement);
    }

    private static EvidenceResult VerifyMessage(
        VerificationTrace trace, SigstoreBundle bundle, string hint, SignedSubject subject, KeyRequirement requirement)
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
        var signed = KeySignature.Check(requirement.Keys, subject.Signed, message.Signature, Hint(hint, requirement));
        if (trace.Take(StepNames.Signature, signed, out var signer) is { } unsigned)
        {
            return unsigned;
        }

        var annotations = RequiredAnnotations.Check(requirement.Annotations, ImmutableDictionary<string, string>.Empty);
        if (trace.Take(StepNames.Annotations, annotations, out _) is { } missing)
        {
            return missing;
        }

        return Finish(trace, signer!, ImmutableDictionary<string, string>.Empty);
    }

    private static EvidenceResult VerifyEnvelope(
        VerificationTrace trace, SigstoreBundle bundle, string hint, SignedSubject subject, KeyRequirement requirement)
    {
        var read = Finding.Read(DecisionReason.SignatureInvalid, "one signature", () => DsseEnvelope.Read(bundle.Document.Envelope!.Value));
        if (trace.Take(StepNames.Envelope, read, out var envelope) is { } malformed)
        {
            return malformed;
        }

        var signed = KeySignature.Check(
            requirement.Keys, envelope!.Content.Signed, envelope.Signature, Hint(hint, requirement));
        if (trace.Take(StepNames.Signature, signed, out var signer) is { } unsigned)
        {
            return unsigned;
        }

        var payload = Finding.Read(DecisionReason.SignatureInvalid, "in-toto statement", () => InTotoStatement.Read(envelope.Payload));
        if (trace.Take(StepNames.Payload, payload, out var statement) is { } noStatement)
        {
            return noStatement;
        }

        if (trace.Take(StepNames.PayloadType, statement!.CheckType(), out _) is { } type)
        {
            return type;
        }

        if (trace.Take(StepNames.PredicateType, statement.CheckPredicateType(), out _) is { } attestation)
        {
            return attestation;
        }

        if (trace.Take(StepNames.Digest, statement.CheckDigest(subject.Sha256), out var matching) is { } otherImage)
        {
            return otherImage;
        }

        var annotated = InTotoStatement.CheckAnnotations(matching, requirement.Annotations);
        if (trace.Take(StepNames.Annotations, annotated, out var signedSubject) is { } missing)
        {
            return missing;
        }

        return Finish(trace, signer!, signedSubject!.Annotations);
    }

    private static VerifiedEvidence Finish(VerificationTrace trace, TrustedKey signer, ImmutableDictionary<string, string> annotations)
    {
        trace.Skip(StepNames.Repository, "a bundle names no repository");
        trace.Skip(StepNames.TransparencyLog, "the policy does not ask for it");
        return trace.Verified(SignerName.Of(signer.Key), annotations);
    }

    /// <summary>What the bundle's hint adds to the message where no key fits. It is a stranger's text and selects nothing.</summary>
    private static string Hint(string hint, KeyRequirement requirement)
    {
        foreach (var key in requirement.Keys.Select(k => k.Key))
        {
            if (hint == Convert.ToBase64String(key.Fingerprint.ToHash()))
            {
                return $"; its hint names key {key.Fingerprint}, so signature or content were altered";
            }
        }

        return string.Empty;
    }
}
