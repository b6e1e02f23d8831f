using System.Numerics;

namespace NodeGate.Testing.Signing;

/// <summary>A point of edwards25519 in extended homogeneous coordinates (RFC 8032 section 5.1.4), plain and not constant-time.</summary>
internal sealed class EdwardsPoint
{
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D = Reduce(-121665 * Invert(121666));

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

    public static EdwardsPoint Base { get; } = FromAffine(
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202"),
        BigInteger.Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960"));

    public EdwardsPoint Times(BigInteger scalar)
    {
        var sum = FromAffine(BigInteger.Zero, BigInteger.One);
        var power = this;
        for (; scalar > 0; scalar >>= 1)
        {
            if (!scalar.IsEven)
            {
                sum = sum.Plus(power);
            }

            power = power.Plus(power);
        }

        return sum;
    }

    public byte[] Encode()
    {
        var inverse = Invert(_z);
        var bytes = new byte[32];
        Reduce(_y * inverse).TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[31] |= (byte)(Reduce(_x * inverse).IsEven ? 0 : 0x80);
        return bytes;
    }

    private static EdwardsPoint FromAffine(BigInteger x, BigInteger y) => new(x, y, BigInteger.One, Reduce(x * y));

    private EdwardsPoint Plus(EdwardsPoint other)
    {
        var a = Reduce((_y - _x) * (other._y - other._x));
        var b = Reduce((_y + _x) * (other._y + other._x));
        var c = Reduce(_t * 2 * D * other._t);
        var d = Reduce(_z * 2 * other._z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new EdwardsPoint(Reduce(e * f), Reduce(g * h), Reduce(f * g), Reduce(e * h));
    }

    private static BigInteger Invert(BigInteger value) => BigInteger.ModPow(Reduce(value), Prime - 2, Prime);

    private static BigInteger Reduce(BigInteger value) => ((value % Prime) + Prime) % Prime;
}
