using NodeGate.Oci;
using NodeGate.Verification.Attestations;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Cosign;

/// <summary>A legacy cosign attestation: a DSSE envelope in a layer, what proves its signer in the layer's annotations (cosign ATTESTATION_SPEC.md).</summary>
internal static class LegacyAttestationVerifier
{
    public static EvidenceResult Verify(CosignAttestationEvidence evidence, SignedSubject subject, SignerRequirement requirement)
    {
        var trace = new VerificationTrace(evidence);
        var accepted = requirement.AcceptLegacy;
        if (EvidenceOpening.Open(trace, evidence, accepted, evidence.Envelope, VerificationLimits.MaxBundleBytes, out var bytes) is { } unopened)
        {
            return unopened;
        }

        if (trace.Take(StepNames.MediaType, CheckMediaType(evidence.MediaType), out _) is { } mediaType)
        {
            return mediaType;
        }

        var read = Finding.Read(DecisionReason.SignatureInvalid, "one signature", () => DsseEnvelope.Read(StrictJson.Parse(bytes.Span)));
        if (trace.Take(StepNames.Envelope, read, out var envelope) is { } noEnvelope)
        {
            return noEnvelope;
        }

        if (LegacyMaterial.Read(trace, envelope!.Content, bytes, evidence.Annotations, requirement, out var material) is { } malformed)
        {
            return malformed;
        }

        return SignerVerifier.Verify(trace, material!, requirement, out var signer)
            ?? StatementVerifier.Verify(trace, envelope.Payload, subject, requirement, signer);
    }

    private static Finding<bool> CheckMediaType(string mediaType)
    {
        // check: attestation-media-type
        if (mediaType != MediaTypes.DsseEnvelope)
        {
            return Finding.Invalid<bool>($"the layer is {Shown.Text(mediaType)}; expected '{MediaTypes.DsseEnvelope}'");
        }

        return Finding.Pass(true, mediaType);
    }
}
