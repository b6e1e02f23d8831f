using System.Numerics;

namespace NodeGate.Verification.Keys;

/// <summary>
/// A point of edwards25519 in extended coordinates (RFC 8032 section 5.1.4). Only public values pass through it, so that it need not run
/// in constant time.
/// </summary>
internal readonly struct EdwardsPoint
{
    // Initialised in the order of the text: everything below needs the prime.
    private static readonly BigInteger FieldPrime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D = Modulo(-121665 * Inverse(121666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (FieldPrime - 1) / 4, FieldPrime);

    private readonly BigInteger _x;
    private readonly BigInteger _y;
    private readonly BigInteger _z;
    private readonly BigInteger _t;

    private EdwardsPoint(BigInteger x, BigInteger y, BigInteger z, BigInteger t)
    {
        _x = x;
        _y = y;
        _z = z;
        _t = t;
    }

    /// <summary>L, the order of the base point.</summary>
    public static BigInteger GroupOrder { get; } =
        BigInteger.Pow(2, 252) + new BigInteger(Convert.FromHexString("14DEF9DEA2F79CD65812631A5CF5D3ED"), isUnsigned: true, isBigEndian: true);

    /// <summary>B, whose y is 4/5.</summary>
    public static EdwardsPoint Base { get; } = Recover(Modulo(4 * Inverse(5)), odd: false)!.Value;

    private static EdwardsPoint Neutral => new(BigInteger.Zero, BigInteger.One, BigInteger.One, BigInteger.Zero);

    /// <summary>The point that the 32 bytes encode (section 5.1.3), or null where they are not the canonical encoding of one.</summary>
    public static EdwardsPoint? Decode(ReadOnlySpan<byte> encoded)
    {
        var bytes = encoded.ToArray();
        var odd = (bytes[31] & 0x80) != 0;
        bytes[31] &= 0x7f;
        var y = new BigInteger(bytes, isUnsigned: true);
        return y < FieldPrime ? Recover(y, odd) : null;
    }

    /// <summary>The 32 bytes of the point (section 5.1.2).</summary>
    public byte[] Encode()
    {
        var inverse = Inverse(_z);
        var bytes = new byte[32];
        Modulo(_y * inverse).TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[31] |= (byte)(Modulo(_x * inverse).IsEven ? 0 : 0x80);
        return bytes;
    }

    public EdwardsPoint Negated() => new(Modulo(-_x), _y, _z, Modulo(-_t));

    public EdwardsPoint Plus(EdwardsPoint other)
    {
        var a = Modulo((_y - _x) * (other._y - other._x));
        var b = Modulo((_y + _x) * (other._y + other._x));
        var c = Modulo(Modulo(2 * D * _t) * other._t);
        var d = Modulo(2 * _z * other._z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new EdwardsPoint(Modulo(e * f), Modulo(g * h), Modulo(f * g), Modulo(e * h));
    }

    public EdwardsPoint Times(BigInteger scalar)
    {
        var sum = Neutral;
        for (var bit = scalar.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum = sum.Plus(sum);
            if (!(scalar >> (int)bit).IsEven)
            {
                sum = sum.Plus(this);
            }
        }

        return sum;
    }

    /// <summary>Whether eight times the point is the neutral one: under such a key S = 0 signs anything, without a private key.</summary>
    public bool IsOfSmallOrder()
    {
        var times8 = Times(8);
        return times8._x.IsZero && times8._y == times8._z;
    }

    private static EdwardsPoint? Recover(BigInteger y, bool odd)
    {
        var square = Modulo((y * y - 1) * Inverse(Modulo((D * y * y) + 1)));
        var x = BigInteger.ModPow(square, (FieldPrime + 3) / 8, FieldPrime);
        if (Modulo(x * x) != square)
        {
            x = Modulo(x * RootOfMinusOne);
        }

        if (Modulo(x * x) != square || (x.IsZero && odd))
        {
            return null;
        }

        x = x.IsEven == odd ? FieldPrime - x : x;
        return new EdwardsPoint(x, y, BigInteger.One, Modulo(x * y));
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(value, FieldPrime - 2, FieldPrime);

    private static BigInteger Modulo(BigInteger value)
    {
        var rest = value % FieldPrime;
        return rest.Sign < 0 ? rest + FieldPrime : rest;
    }
}
