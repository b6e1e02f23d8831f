using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodeGate.Oci;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Logs;

/// <summary>
/// The body of a Rekor v2 entry: the one text (JCS, RFC 8785) that the log can have for a signature (verification.md section 2.5). It is made
/// here from the signature in question, and the bundle's text must be it byte for byte: so nothing in that is trusted, and the leaf that the
/// inclusion proof starts from is ours.
/// </summary>
internal static class RekorV2Body
{
    /// <summary>Step <c>logEntryBody</c>.</summary>
    public static Finding<bool> Check(ReadOnlySpan<byte> body, LoggedSignature signature)
    {
        foreach (var (details, hash) in Schemes(signature))
        {
            // check: log-body-v2
            if (!body.SequenceEqual(Leaf(details, hash, signature)))
            {
                continue;
            }

            return Finding.Pass(true, $"about this signature, signer and content ({details})");
        }

        return Finding.Fail<bool>(
            DecisionReason.LogEntryInvalid,
            "the log entry is about another signature, signer or content: its body is not the text that a Rekor v2 log has for this one");
    }

    private static byte[] Leaf(string details, HashAlgorithmName algorithm, LoggedSignature signature)
    {
        if (signature.Content.Signed.Hash(algorithm) is not { } hash)
        {
            return [];
        }

        var verifier = signature.Certificate is { } certificate
            ? $"\"x509Certificate\":{{\"rawBytes\":\"{Convert.ToBase64String(certificate.Raw.Span)}\"}}"
            : $"\"publicKey\":{{\"rawBytes\":\"{Convert.ToBase64String(signature.Key.SubjectPublicKeyInfo.Span)}\"}}";
        // Base64, digits and the names above: nothing that JSON would escape.
        return Encoding.ASCII.GetBytes(string.Concat(
            $"{{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{{\"hashedRekordV002\":{{\"data\":{{\"algorithm\":\"SHA2_{hash.Length * 8}\",",
            $"\"digest\":\"{Convert.ToBase64String(hash)}\"}},\"signature\":{{\"content\":\"{Convert.ToBase64String(signature.Content.Signature)}\",",
            $"\"verifier\":{{\"keyDetails\":\"{details}\",{verifier}}}}}}}}}}}"));
    }

    /// <summary>
    /// What the log may call the signature's algorithm (PublicKeyDetails), and the hash of it: the key decides, and for RSA leaves two paddings.
    /// An RSA signature is as long as its key.
    /// </summary>
    private static ImmutableArray<(string Details, HashAlgorithmName Hash)> Schemes(LoggedSignature signature) => signature.Key.Algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => [("PKIX_ECDSA_P256_SHA_256", HashAlgorithmName.SHA256)],
        KeyAlgorithm.EcdsaP384 => [("PKIX_ECDSA_P384_SHA_384", HashAlgorithmName.SHA384)],
        KeyAlgorithm.EcdsaP521 => [("PKIX_ECDSA_P521_SHA_512", HashAlgorithmName.SHA512)],
        KeyAlgorithm.Ed25519 => [("PKIX_ED25519_PH", HashAlgorithmName.SHA512)],
        _ =>
        [
            ($"PKIX_RSA_PKCS1V15_{signature.Content.Signature.Length * 8}_SHA256", HashAlgorithmName.SHA256),
            ($"PKIX_RSA_PSS_{signature.Content.Signature.Length * 8}_SHA256", HashAlgorithmName.SHA256),
        ],
    };
}
