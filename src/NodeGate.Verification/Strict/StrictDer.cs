using System.Formats.Asn1;
using System.Numerics;

namespace NodeGate.Verification.Strict;

/// <summary>ECDSA signatures in the one encoding that they may have.</summary>
internal static class StrictDer
{
    /// <summary>
    /// Whether the bytes are exactly <c>SEQUENCE { r INTEGER, s INTEGER }</c> (RFC 3279 section 2.2.3) in DER, each from 1 to
    /// <paramref name="order"/> - 1. A high s is accepted: cosign and Sigstore produce it.
    /// </summary>
    public static bool IsEcdsaSignature(ReadOnlySpan<byte> signature, BigInteger order)
    {
        try
        {
            var outer = new AsnReader(signature.ToArray(), AsnEncodingRules.DER);
            var pair = outer.ReadSequence();
            var r = pair.ReadInteger();
            var s = pair.ReadInteger();
            // check: der-trailing
            if (outer.HasData || pair.HasData)
            {
                return false;
            }

            // check: der-positive
            if (r.Sign <= 0 || s.Sign <= 0)
            {
                return false;
            }

            // check: der-below-order
            if (r >= order || s >= order)
            {
                return false;
            }

            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
