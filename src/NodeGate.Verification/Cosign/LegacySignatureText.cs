using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Cosign;

/// <summary>Step <c>signatureEncoding</c>: the layer's annotation holds the signature in base64.</summary>
internal static class LegacySignatureText
{
    /// <summary>The annotation with the signature.</summary>
    public const string SignatureAnnotation = "dev.cosignproject.cosign/signature";

    public static Finding<byte[]> Check(ImmutableDictionary<string, string> annotations)
    {
        // An attestation layer has it empty: its signature is inside (verification.md section 1.1).
        // check: legacy-signature-present
        if (!annotations.TryGetValue(SignatureAnnotation, out var text) || text.Length == 0)
        {
            return Finding.Invalid<byte[]>($"the layer has no annotation '{SignatureAnnotation}', or it is empty");
        }

        if (!StrictBase64.TryDecode(text, out var signature))
        {
            return Finding.Invalid<byte[]>("the signature annotation is not strict base64 (standard alphabet, padded, no white space, no left-over bits)");
        }

        // check: limit-signature
        if (signature.Length > VerificationLimits.MaxSignatureBytes)
        {
            return Finding.Fail<byte[]>(
                DecisionReason.LimitExceeded, $"a signature of {signature.Length} bytes; at most {VerificationLimits.MaxSignatureBytes} are read");
        }

        return Finding.Pass(signature, $"{signature.Length} bytes");
    }
}
