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
        if (!annotations.TryGetValue(SignatureAnnotation, out var text) || text.Length == 0)
        {
            return Finding.Invalid<byte[]>($"the layer has no annotation '{SignatureAnnotation}', or it is empty");
        }

        // check: limit-signature-text
        if (text.Length > StrictBase64.EncodedLength(VerificationLimits.MaxSignatureBytes))
        {
            return Finding.Fail<byte[]>(
                DecisionReason.LimitExceeded, $"a signature of {text.Length} characters; at most {VerificationLimits.MaxSignatureBytes} bytes are read");
        }

        return StrictBase64.TryDecode(text, out var signature)
            ? Finding.Pass(signature, $"{signature.Length} bytes")
            : Finding.Invalid<byte[]>("the signature annotation is not strict base64 (standard alphabet, padded, no white space, no left-over bits)");
    }
}
