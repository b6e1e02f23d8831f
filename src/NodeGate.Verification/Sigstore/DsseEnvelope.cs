using System.Text;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Sigstore;

/// <summary>A DSSE envelope (secure-systems-lab/dsse, envelope.md) with the one signature that a bundle may have.</summary>
internal sealed record DsseEnvelope(string PayloadType, byte[] Payload, byte[] Signature)
{
    /// <summary>The one payload type that is read.</summary>
    public const string InToto = "application/vnd.in-toto+json";

    /// <exception cref="EvidenceFormatException">It is not such an envelope.</exception>
    public static DsseEnvelope Read(StrictNode envelope)
    {
        // check: envelope-members
        envelope.Only("payload", "payloadType", "signatures");
        // A second signature would be one that nobody verifies, or one that lets a stranger's stand for ours.
        var signature = envelope.Required("signatures").Single();
        // check: envelope-signature-members
        signature.Only("sig", "keyid");
        var type = envelope.Required("payloadType");
        // check: envelope-payload-type
        if (type.Text() != InToto)
        {
            throw type.Wrong($"is {Shown.Text(type.Text())}; expected '{InToto}'");
        }

        return new DsseEnvelope(
            type.Text(),
            envelope.Required("payload").Bytes(VerificationLimits.MaxBundleBytes),
            signature.Required("sig").Bytes(VerificationLimits.MaxSignatureBytes));
    }

    /// <summary>
    /// The signature over the pre-authentication encoding (dsse protocol.md, "PAE"): type and payload with their lengths, so that neither can
    /// pass for the other.
    /// </summary>
    public SignedContent Content => new(ContentKind.Envelope, SignedBytes.Of(PreAuthenticationEncoding()), Signature, Payload);

    private byte[] PreAuthenticationEncoding() =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(PayloadType)} {PayloadType} {Payload.Length} "), .. Payload];
}
