using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Keys;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>The algorithms of a signed timestamp.</summary>
internal static class CmsAlgorithm
{
    /// <summary>rsaEncryption: of RSA only the padding is named, the hash is that of the message (RFC 8017 appendix A.1, RFC 3370 section 3.2).</summary>
    private const string RsaWithoutHash = "300D06092A864886F70D0101010500";

    /// <summary>A hash algorithm; null where it is none of SHA-256, SHA-384 and SHA-512. Its parameters are absent or NULL (RFC 5754 section 2).</summary>
    /// <exception cref="AsnContentException">It is no AlgorithmIdentifier.</exception>
    public static HashAlgorithmName? ReadHash(AsnReader reader)
    {
        var algorithm = reader.ReadSequence();
        var identifier = algorithm.ReadObjectIdentifier();
        if (algorithm.HasData)
        {
            algorithm.ReadNull();
        }

        algorithm.ThrowIfNotEmpty();
        return identifier switch
        {
            "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            _ => null,
        };
    }

    /// <summary>How the signature was made.</summary>
    /// <exception cref="EvidenceFormatException">It is not accepted.</exception>
    public static SignatureScheme ReadScheme(ReadOnlySpan<byte> algorithm, HashAlgorithmName messageHash)
    {
        var scheme = Convert.ToHexString(algorithm) == RsaWithoutHash
            ? new SignatureScheme(SignatureKind.RsaPkcs1, messageHash)
            : CertificateSignature.SchemeOf(algorithm);
        return scheme ?? throw new EvidenceFormatException(
            "the timestamp is signed with an algorithm that is not accepted; expected ECDSA or RSA with SHA-256, SHA-384 or SHA-512");
    }
}
