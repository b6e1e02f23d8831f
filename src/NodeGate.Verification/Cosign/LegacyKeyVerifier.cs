using NodeGate.Oci;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Cosign;

/// <summary>A legacy cosign signature by key.</summary>
/// <remarks>
/// The order of verification.md section 1.1: 1. media type of the layer; 2. the signature's text; 3. the signature, over the raw bytes of
/// the payload; only then, from these bytes, 4. the payload's shape, type, digest, repository and annotations.
/// </remarks>
internal static class LegacyKeyVerifier
{
    private const string CertificateAnnotation = "dev.sigstore.cosign/certificate";

    public static EvidenceResult Verify(CosignSignatureEvidence evidence, SignedSubject subject, KeyRequirement requirement)
    {
        var trace = new VerificationTrace(evidence);
        if (trace.Take(StepNames.Format, AcceptedFormat.Check(evidence.Kind, requirement.AcceptLegacy), out _) is { } format)
        {
            return format;
        }

        var content = EvidenceContent.Check(evidence.Source, evidence.Payload, VerificationLimits.MaxPayloadBytes);
        if (trace.Take(StepNames.Content, content, out var payloadBytes) is { } unread)
        {
            return unread;
        }

        if (trace.Take(StepNames.MediaType, CheckMediaType(evidence.MediaType), out _) is { } mediaType)
        {
            return mediaType;
        }

        if (trace.Take(StepNames.SignatureEncoding, LegacySignatureText.Check(evidence.Annotations), out var signature) is { } encoding)
        {
            return encoding;
        }

        // The certificate is a stranger's text beside the signature: worth a word in the message, never a reason to accept or refuse.
        var hint = evidence.Annotations.ContainsKey(CertificateAnnotation) ? "; it comes with a certificate, so it may be a keyless signature" : string.Empty;
        if (trace.Take(StepNames.Signature, KeySignature.Check(requirement.Keys, SignedBytes.Of(payloadBytes), signature, hint), out var signer) is { } unsigned)
        {
            return unsigned;
        }

        var read = Finding.Read(
            DecisionReason.SignatureInvalid, "simple signing payload", () => SimpleSigningPayload.Read(payloadBytes.Span));
        if (trace.Take(StepNames.Payload, read, out var payload) is { } malformed)
        {
            return malformed;
        }

        if (trace.Take(StepNames.PayloadType, CheckType(payload!.Type), out _) is { } type)
        {
            return type;
        }

        if (trace.Take(StepNames.Digest, CheckDigest(payload.ManifestDigest, subject), out _) is { } digest)
        {
            return digest;
        }

        // Before the check: a refusal for the wrong tag says nothing about another one either.
        if (SignedRepository.TagOf(payload.Reference) is not null)
        {
            trace.HoldsForTagOnly();
        }

        var repository = SignedRepository.Check(payload.Reference, subject, requirement.SignedRepository);
        if (trace.Take(StepNames.Repository, repository, out _) is { } elsewhere)
        {
            return elsewhere;
        }

        var annotations = RequiredAnnotations.Check(requirement.Annotations, payload.Annotations);
        if (trace.Take(StepNames.Annotations, annotations, out _) is { } missing)
        {
            return missing;
        }

        trace.Skip(StepNames.TransparencyLog, "the policy does not ask for it");
        return trace.Verified(SignerName.Of(signer!.Key), payload.Annotations);
    }

    private static Finding<bool> CheckMediaType(string mediaType)
    {
        // check: legacy-media-type
        if (mediaType != MediaTypes.CosignSimpleSigning)
        {
            return Finding.Invalid<bool>($"the layer is {Shown.Text(mediaType)}; expected '{MediaTypes.CosignSimpleSigning}'");
        }

        return Finding.Pass(true, mediaType);
    }

    private static Finding<bool> CheckType(string type)
    {
        // check: payload-type
        if (type != SimpleSigningPayload.CosignType)
        {
            return Finding.Invalid<bool>($"the payload's type is {Shown.Text(type)}; expected '{SimpleSigningPayload.CosignType}'");
        }

        return Finding.Pass(true, type);
    }

    private static Finding<bool> CheckDigest(string signed, SignedSubject subject)
    {
        // check: payload-digest
        if (signed != subject.Sha256.ToString())
        {
            return Finding.Invalid<bool>($"the signature is for {Shown.Text(signed)}; the image is {subject.Sha256}");
        }

        return Finding.Pass(true, signed);
    }
}
