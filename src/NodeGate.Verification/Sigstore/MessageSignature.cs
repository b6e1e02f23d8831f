using System.Security.Cryptography;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Sigstore;

/// <summary>A signature over the image manifest's bytes (sigstore_common.proto, MessageSignature).</summary>
/// <param name="Algorithm">The algorithm of the stated digest, or null where none is stated.</param>
/// <param name="Digest">The stated digest.</param>
/// <param name="Signature">The signature.</param>
internal sealed record MessageSignature(string? Algorithm, byte[]? Digest, byte[] Signature)
{
    private const int LongestDigest = 64;

    /// <exception cref="EvidenceFormatException">It is not a message signature.</exception>
    public static MessageSignature Read(StrictNode message)
    {
        // check: message-members
        message.Only("messageDigest", "signature");
        var digest = message.Optional("messageDigest");
        // check: message-digest-members
        digest?.Only("algorithm", "digest");
        return new MessageSignature(
            digest?.Required("algorithm").Text(),
            digest?.Required("digest").Bytes(LongestDigest),
            message.Required("signature").Bytes(VerificationLimits.MaxSignatureBytes));
    }

    /// <summary>
    /// Step <c>messageDigest</c>: the stated digest is unauthenticated and proves nothing, but one that is not the image's says that the
    /// bundle is about something else.
    /// </summary>
    public Finding<bool> CheckDigest(SignedSubject subject)
    {
        if (Algorithm is null || Digest is null)
        {
            return Finding.Pass(true, "none stated");
        }

        HashAlgorithmName? algorithm = Algorithm switch
        {
            "SHA2_256" => HashAlgorithmName.SHA256,
            "SHA2_384" => HashAlgorithmName.SHA384,
            "SHA2_512" => HashAlgorithmName.SHA512,
            _ => null,
        };
        // check: message-digest-algorithm
        if (algorithm is null)
        {
            return Finding.Invalid<bool>($"the message digest's algorithm is {Shown.Text(Algorithm)}; expected SHA2_256, SHA2_384 or SHA2_512");
        }

        // check: message-digest
        if (subject.Signed.Hash(algorithm.Value) is not { } hash || !hash.AsSpan().SequenceEqual(Digest))
        {
            return Finding.Invalid<bool>($"the message digest {Convert.ToHexStringLower(Digest)} is not that of the image ({subject.Sha256})");
        }

        return Finding.Pass(true, Algorithm);
    }
}
