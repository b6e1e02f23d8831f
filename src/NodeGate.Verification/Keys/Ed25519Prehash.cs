using System.Numerics;
using System.Security.Cryptography;

namespace NodeGate.Verification.Keys;

/// <summary>
/// Ed25519ph (RFC 8032 section 5.1): what cosign 3.1 signs images with when the key is Ed25519. OpenSSL has it only from 3.2 on, which not
/// every node has, so it is computed here. Its domain separates it from pure Ed25519: no signature is both.
/// </summary>
internal static class Ed25519Prehash
{
    private const int SignatureBytes = 64;

    /// <summary>dom2(1, "") of section 2.</summary>
    private static ReadOnlySpan<byte> Domain => "SigEd25519 no Ed25519 collisions\x01\x00"u8;

    public static bool Verifies(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes || EdwardsPoint.Decode(key) is not { } point)
        {
            return false;
        }

        // An S of the group's order or more would be a second spelling of the same signature (section 5.1.7).
        var s = new BigInteger(signature[32..], isUnsigned: true);
        // check: ed25519ph-s
        if (s >= EdwardsPoint.GroupOrder)
        {
            return false;
        }

        byte[] hashed = [.. Domain, .. signature[..32], .. key, .. SHA512.HashData(message)];
        var challenge = new BigInteger(SHA512.HashData(hashed), isUnsigned: true) % EdwardsPoint.GroupOrder;
        var r = EdwardsPoint.Base.Times(s).Plus(point.Negated().Times(challenge));
        // check: ed25519ph-r
        if (!r.Encode().AsSpan().SequenceEqual(signature[..32]))
        {
            return false;
        }

        return true;
    }
}
