using System.Text;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>
/// What the body of a Rekor v1 entry says (verification.md section 2.7): hashes of what was signed, the signature, the signer. Values are
/// compared decoded, never as text.
/// </summary>
/// <param name="Signed">The hash of the signed bytes, where the kind has it.</param>
/// <param name="Payload">The hash of a DSSE envelope's payload, where the kind has it.</param>
/// <param name="Envelope">The hash of a DSSE envelope's JSON text, where the kind has it.</param>
/// <param name="Signature">The signature, where the kind has it.</param>
/// <param name="Verifier">The signer's certificate or key, as PEM.</param>
internal sealed record LogEntryBody(StatedHash? Signed, StatedHash? Payload, StatedHash? Envelope, byte[]? Signature, string Verifier)
{
    /// <exception cref="EvidenceFormatException">It is not a body of the kind.</exception>
    public static LogEntryBody Read(StrictNode body, LogEntryKind kind)
    {
        // check: log-body-members
        body.Only("apiVersion", "kind", "spec");
        var spec = body.Required("spec");
        return kind == LogEntryKind.HashedRekord ? ReadHashed(spec, "content", "publicKey")
            : kind == LogEntryKind.Rekord ? ReadHashed(spec, "content", "publicKey", "format")
            : kind == LogEntryKind.Dsse ? ReadDsse(spec)
            : kind == LogEntryKind.InToto ? ReadInToto(spec)
            : ReadInTotoV1(spec);
    }

    /// <summary>Step <c>logEntryBody</c>: the entry is about this signature, signer and content, each of them.</summary>
    public Finding<bool> Check(LoggedSignature signature)
    {
        var content = signature.Content;
        // check: log-body-digest
        if (Signed is not null && !Signed.Is(content.Signed.Hash(Signed.Algorithm)))
        {
            return Other($"content with the hash {Signed}");
        }

        // check: log-body-payload
        if (Payload is not null && !Payload.IsOf(content.Payload))
        {
            return Other($"an envelope whose payload has the hash {Payload}");
        }

        // A bundle holds the envelope in another JSON text than was logged, so there its hash says nothing; a legacy layer is that text.
        // check: log-body-envelope
        if (Envelope is not null && signature.LegacyLayer is { } layer && !Envelope.IsOf(layer.Span))
        {
            return Other($"an envelope with the hash {Envelope}");
        }

        // check: log-body-signature
        if (Signature is not null && !Signature.AsSpan().SequenceEqual(content.Signature))
        {
            return Other("another signature");
        }

        return CheckVerifier(signature);
    }

    private Finding<bool> CheckVerifier(LoggedSignature signature)
    {
        if (signature.Certificate is { } certificate)
        {
            // check: log-body-certificate
            if (!(StrictPem.TryReadOne(Verifier, "CERTIFICATE", out var der) && certificate.Raw.Span.SequenceEqual(der)))
            {
                return Other("a signature with another certificate, or with a key");
            }

            return Finding.Pass(true, "about this signature, certificate and content");
        }

        // check: log-body-key
        if (!(PublicKey.TryParse(Verifier, out var key, out _) && key.Equals(signature.Key)))
        {
            return Other("a signature with another key, or with a certificate");
        }

        return Finding.Pass(true, "about this signature, key and content");
    }

    private static Finding<bool> Other(string what) => Finding.Fail<bool>(DecisionReason.LogEntryInvalid, $"the log entry is about {what}");

    private static LogEntryBody ReadHashed(StrictNode spec, params ReadOnlySpan<string> signatureMembers)
    {
        spec.Only("data", "signature");
        var data = spec.Required("data");
        data.Only("hash");
        var signature = spec.Required("signature");
        signature.Only(signatureMembers);
        var key = signature.Required("publicKey");
        key.Only("content");
        return new LogEntryBody(
            StatedHash.Read(data.Required("hash")),
            Payload: null,
            Envelope: null,
            signature.Required("content").Bytes(VerificationLimits.MaxSignatureBytes),
            Pem(key.Required("content")));
    }

    private static LogEntryBody ReadDsse(StrictNode spec)
    {
        spec.Only("envelopeHash", "payloadHash", "signatures");
        var signature = spec.Required("signatures").Single();
        signature.Only("signature", "verifier");
        return new LogEntryBody(
            Signed: null,
            StatedHash.Read(spec.Required("payloadHash")),
            StatedHash.Read(spec.Required("envelopeHash")),
            signature.Required("signature").Bytes(VerificationLimits.MaxSignatureBytes),
            Pem(signature.Required("verifier")));
    }

    private static LogEntryBody ReadInToto(StrictNode spec)
    {
        spec.Only("content");
        var content = spec.Required("content");
        content.Only("envelope", "hash", "payloadHash");
        var envelope = content.Required("envelope");
        envelope.Only("payload", "payloadType", "signatures");
        var signature = envelope.Required("signatures").Single();
        signature.Only("keyid", "publicKey", "sig");
        return new LogEntryBody(
            Signed: null,
            StatedHash.Read(content.Required("payloadHash")),
            StatedHash.Read(content.Required("hash")),
            TwiceEncoded(signature.Required("sig")),
            Pem(signature.Required("publicKey")));
    }

    private static LogEntryBody ReadInTotoV1(StrictNode spec)
    {
        spec.Only("content", "publicKey");
        var content = spec.Required("content");
        content.Only("hash", "payloadHash");
        return new LogEntryBody(
            Signed: null,
            content.Optional("payloadHash") is { } payload ? StatedHash.Read(payload) : null,
            StatedHash.Read(content.Required("hash")),
            // Not in this kind: the hash of the whole envelope, of which it is a part, stands for it.
            Signature: null,
            Pem(spec.Required("publicKey")));
    }

    /// <summary>Base64 of base64: Rekor's intoto 0.0.2 stores the envelope's text as if it were bytes.</summary>
    private static byte[] TwiceEncoded(StrictNode sig)
    {
        var text = Encoding.ASCII.GetString(sig.Bytes(VerificationLimits.MaxSignatureBytes * 2));
        return StrictBase64.TryDecode(text, out var signature) ? signature : throw sig.Wrong("is not base64 of base64");
    }

    private static string Pem(StrictNode text) => Encoding.UTF8.GetString(text.Bytes(2 * VerificationLimits.MaxCertificateBytes));
}
