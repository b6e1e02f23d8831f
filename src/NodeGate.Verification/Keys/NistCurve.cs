using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace NodeGate.Verification.Keys;

/// <summary>The three curves (FIPS 186-5 and SP 800-186): name, object identifier, size of a coordinate and order of the group.</summary>
internal sealed class NistCurve
{
    private static readonly NistCurve P256 = new(
        KeyAlgorithm.EcdsaP256,
        "1.2.840.10045.3.1.7",
        ECCurve.NamedCurves.nistP256,
        32,
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    private static readonly NistCurve P384 = new(
        KeyAlgorithm.EcdsaP384,
        "1.3.132.0.34",
        ECCurve.NamedCurves.nistP384,
        48,
        "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973");

    private static readonly NistCurve P521 = new(
        KeyAlgorithm.EcdsaP521,
        "1.3.132.0.35",
        ECCurve.NamedCurves.nistP521,
        66,
        "001FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA"
        + "51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409");

    private NistCurve(KeyAlgorithm algorithm, string objectIdentifier, ECCurve curve, int coordinateBytes, string order)
    {
        Algorithm = algorithm;
        ObjectIdentifier = objectIdentifier;
        Curve = curve;
        CoordinateBytes = coordinateBytes;
        Order = BigInteger.Parse(order, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    public KeyAlgorithm Algorithm { get; }

    public string ObjectIdentifier { get; }

    public ECCurve Curve { get; }

    public int CoordinateBytes { get; }

    public BigInteger Order { get; }

    public static NistCurve Of(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => P256,
        KeyAlgorithm.EcdsaP384 => P384,
        KeyAlgorithm.EcdsaP521 => P521,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "Not an ECDSA key."),
    };

    public static NistCurve? Find(string objectIdentifier)
    {
        foreach (var curve in (ReadOnlySpan<NistCurve>)[P256, P384, P521])
        {
            if (curve.ObjectIdentifier == objectIdentifier)
            {
                return curve;
            }
        }

        return null;
    }
}
