using NodeGate.Oci;
using NodeGate.Verification.Attestations;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Cosign;

/// <summary>A legacy cosign signature, by key or by identity.</summary>
/// <remarks>
/// The order of verification.md sections 1.1 and 1.2: 1. media type of the layer; 2. the signature's text and what came with it; 3. the signer
/// (<see cref="SignerVerifier"/>), over the raw bytes of the payload; only then, from these bytes, 4. the payload's shape, type, digest,
/// repository and annotations.
/// </remarks>
internal static class LegacySignatureVerifier
{
    public static EvidenceResult Verify(CosignSignatureEvidence evidence, SignedSubject subject, SignerRequirement requirement)
    {
        var trace = new VerificationTrace(evidence);
        var accepted = requirement.AcceptLegacy;
        if (EvidenceOpening.Open(trace, evidence, accepted, evidence.Payload, VerificationLimits.MaxPayloadBytes, out var payloadBytes) is { } unopened)
        {
            return unopened;
        }

        if (trace.Take(StepNames.MediaType, CheckMediaType(evidence.MediaType), out _) is { } mediaType)
        {
            return mediaType;
        }

        if (trace.Take(StepNames.SignatureEncoding, LegacySignatureText.Check(evidence.Annotations), out var signature) is { } encoding)
        {
            return encoding;
        }

        var signed = new SignedContent(ContentKind.Message, SignedBytes.Of(payloadBytes), signature!, Payload: null);
        if (LegacyMaterial.Read(trace, signed, payloadBytes, evidence.Annotations, requirement, out var material) is { } malformed)
        {
            return malformed;
        }

        if (SignerVerifier.Verify(trace, material!, requirement, out var signer) is { } unsigned)
        {
            return unsigned;
        }

        if (trace.Take(StepNames.PredicateType, PredicateKind.CheckPlain(requirement.AttestationType), out _) is { } noAttestation)
        {
            return noAttestation;
        }

        return VerifyPayload(trace, payloadBytes, subject, requirement, signer);
    }

    private static EvidenceResult VerifyPayload(
        VerificationTrace trace, ReadOnlyMemory<byte> verified, SignedSubject subject, SignerRequirement requirement, SignerName signer)
    {
        var read = Finding.Read(
            DecisionReason.SignatureInvalid, "simple signing payload", () => SimpleSigningPayload.Read(verified.Span));
        if (trace.Take(StepNames.Payload, read, out var payload) is { } noPayload)
        {
            return noPayload;
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

        return trace.Verified(signer, payload.Annotations);
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
