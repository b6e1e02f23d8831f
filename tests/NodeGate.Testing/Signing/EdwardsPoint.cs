using System.Numerics;

namespace NodeGate.Testing.Signing;

/// <summary>A point of edwards25519 in affine coordinates (RFC 8032 section 5.1.4), slow and plain.</summary>
internal sealed class EdwardsPoint
{
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D = Reduce(-121665 * Invert(121666));

    private readonly BigInteger _x;
    private readonly BigInteger _y;

    private EdwardsPoint(BigInteger x, BigInteger y)
    {
        _x = x;
        _y = y;
    }

    public static EdwardsPoint Base { get; } = new(
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202"),
        BigInteger.Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960"));

    public EdwardsPoint Times(BigInteger scalar)
    {
        var sum = new EdwardsPoint(BigInteger.Zero, BigInteger.One);
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
        var bytes = new byte[32];
        _y.TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[31] |= (byte)(_x.IsEven ? 0 : 0x80);
        return bytes;
    }

    private EdwardsPoint Plus(EdwardsPoint other)
    {
        var product = Reduce(D * _x * other._x * _y * other._y);
        return new EdwardsPoint(
            Reduce(((_x * other._y) + (other._x * _y)) * Invert(1 + product)),
            Reduce(((_y * other._y) + (_x * other._x)) * Invert(1 - product)));
    }

    private static BigInteger Invert(BigInteger value) => BigInteger.ModPow(Reduce(value), Prime - 2, Prime);

    private static BigInteger Reduce(BigInteger value) => ((value % Prime) + Prime) % Prime;
}
