using System.Collections.Frozen;
using System.Security.Cryptography;
using NodeGate.Verification.Keys;

namespace NodeGate.Verification.Certificates;

/// <summary>The signature of a certificate: an algorithm of the list, of the kind of the issuer's key, over the signed part as it is.</summary>
internal static class CertificateSignature
{
    /// <summary>
    /// AlgorithmIdentifier in DER, whole: an algorithm with other parameters is not in the list (RFC 5758 section 3.2, RFC 4055 sections 3 and 5,
    /// RFC 8410 section 3). No SHA-1 and no MD5. PSS only with one hash throughout and a salt of its length.
    /// </summary>
    private static readonly FrozenDictionary<string, SignatureScheme> Known = new Dictionary<string, SignatureScheme>(StringComparer.Ordinal)
    {
        ["300A06082A8648CE3D040302"] = new(SignatureKind.Ecdsa, HashAlgorithmName.SHA256),
        ["300A06082A8648CE3D040303"] = new(SignatureKind.Ecdsa, HashAlgorithmName.SHA384),
        ["300A06082A8648CE3D040304"] = new(SignatureKind.Ecdsa, HashAlgorithmName.SHA512),
        ["300D06092A864886F70D01010B0500"] = new(SignatureKind.RsaPkcs1, HashAlgorithmName.SHA256),
        ["300D06092A864886F70D01010C0500"] = new(SignatureKind.RsaPkcs1, HashAlgorithmName.SHA384),
        ["300D06092A864886F70D01010D0500"] = new(SignatureKind.RsaPkcs1, HashAlgorithmName.SHA512),
        [Pss("01", "20")] = new(SignatureKind.RsaPss, HashAlgorithmName.SHA256),
        [Pss("02", "30")] = new(SignatureKind.RsaPss, HashAlgorithmName.SHA384),
        [Pss("03", "40")] = new(SignatureKind.RsaPss, HashAlgorithmName.SHA512),
        ["300506032B6570"] = new(SignatureKind.Ed25519, default),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The scheme that an AlgorithmIdentifier in DER names; null where it is not accepted.</summary>
    public static SignatureScheme? SchemeOf(ReadOnlySpan<byte> algorithm) => Known.GetValueOrDefault(Convert.ToHexString(algorithm));

    /// <summary>Why <paramref name="issuer"/> did not sign <paramref name="issued"/>; null where it did.</summary>
    public static string? Problem(Certificate issued, Certificate issuer)
    {
        var scheme = SchemeOf(issued.SignatureAlgorithm.Span);
        // check: path-signature-algorithm
        if (scheme is null)
        {
            return "is signed with an algorithm that is not accepted; expected ECDSA or RSA with SHA-256, SHA-384 or SHA-512, or Ed25519, "
                + "with no other parameters";
        }

        // check: path-signature-kind
        if (!issuer.Key.Is(scheme.Kind))
        {
            return $"states {scheme} as its signature, which its issuer's key ({issuer.Key.Algorithm}) cannot make";
        }

        // check: path-signature
        if (!issuer.Key.Verifies(scheme, issued.Tbs.Span, issued.Signature.Span))
        {
            return "has a signature that is not of its issuer's key: another authority of that name made it, or it was changed";
        }

        return null;
    }

    private static string Pss(string hash, string saltLength) =>
        $"304106092A864886F70D01010A3034A00F300D06096086480165030402{hash}0500"
        + $"A11C301A06092A864886F70D010108300D06096086480165030402{hash}0500A2030201{saltLength}";
}
