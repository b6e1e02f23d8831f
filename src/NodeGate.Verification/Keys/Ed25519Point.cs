using System.Globalization;
using System.Numerics;

namespace NodeGate.Verification.Keys;

/// <summary>Judges the encoding of an Ed25519 public key (RFC 8032 section 5.1.3), because OpenSSL takes any 32 bytes for one.</summary>
internal static class Ed25519Point
{
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;

    /// <summary>d = -121665/121666 of the curve -x² + y² = 1 + d·x²·y².</summary>
    private static readonly BigInteger D = Modulo(-121665 * BigInteger.ModPow(121666, Prime - 2, Prime));

    /// <summary>The y of the two points of order 8 pairs; the other points of small order have y = 0, 1 and -1.</summary>
    private static readonly BigInteger[] SmallOrder =
    [
        BigInteger.Zero,
        BigInteger.One,
        Prime - 1,
        BigInteger.Parse("007a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        BigInteger.Parse("0005fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
    ];

    /// <summary>Null where the key is the canonical encoding of a usable point, otherwise what is wrong with it.</summary>
    public static string? Judge(ReadOnlySpan<byte> key)
    {
        var bytes = key.ToArray();
        bytes[31] &= 0x7f;
        var y = new BigInteger(bytes, isUnsigned: true);
        if (y >= Prime)
        {
            return "its coordinate is not below the field's prime (a second spelling of another key)";
        }

        // Under a point of small order a signature of any message is easily made (S = 0), without any private key.
        if (Array.IndexOf(SmallOrder, y) >= 0)
        {
            return "it is a point of small order, under which anybody can sign";
        }

        var square = Modulo((y * y - 1) * BigInteger.ModPow(Modulo(D * y * y + 1), Prime - 2, Prime));
        return BigInteger.ModPow(square, (Prime - 1) / 2, Prime) == Prime - 1 ? "it is not a point of the curve" : null;
    }

    private static BigInteger Modulo(BigInteger value) => ((value % Prime) + Prime) % Prime;
}
