using System.Text;

namespace NodeGate.Testing.Sigstore;

/// <summary>One extension of a certificate.</summary>
/// <param name="Oid">Which.</param>
/// <param name="Critical">Whether a verifier that does not know it must refuse.</param>
/// <param name="Value">What the OCTET STRING holds.</param>
public sealed record CertificateExtension(string Oid, bool Critical, byte[] Value)
{
    /// <summary>Bits of RFC 5280 section 4.2.1.3, the first in the highest bit.</summary>
    public const byte DigitalSignature = 0x80;
    public const byte KeyCertSign = 0x04;
    public const byte CrlSign = 0x02;

    public static CertificateExtension BasicConstraints(bool authority, int? pathLength = null, bool critical = true) => new(
        Oids.BasicConstraints,
        critical,
        (authority, pathLength) switch
        {
            (false, null) => Der.Sequence(),
            (true, null) => Der.Sequence(Der.Boolean(true)),
            (false, { } length) => Der.Sequence(Der.Integer(length)),
            (true, { } length) => Der.Sequence(Der.Boolean(true), Der.Integer(length)),
        });

    public static CertificateExtension KeyUsage(byte bits, bool critical = true)
    {
        var unused = bits == 0 ? 0 : System.Numerics.BitOperations.TrailingZeroCount(bits);
        return new(Oids.KeyUsage, critical, Der.BitString(bits == 0 ? [] : [bits], unused));
    }

    public static CertificateExtension ExtendedKeyUsage(params IEnumerable<string> purposes) =>
        new(Oids.ExtendedKeyUsage, false, Der.Sequence([.. purposes.Select(Der.Oid)]));

    /// <summary>The name is critical where the subject is empty, as it is in Fulcio's certificates.</summary>
    public static CertificateExtension AlternativeName(params IEnumerable<byte[]> names) =>
        new(Oids.SubjectAlternativeName, true, Der.Sequence([.. names]));

    /// <summary>Only names of these kinds and below these bases; <paramref name="permitted"/> are general names (<see cref="GeneralName"/>).</summary>
    public static CertificateExtension NameConstraints(params IEnumerable<byte[]> permitted) =>
        new(Oids.NameConstraints, true, Der.Sequence(Der.Context(0, [.. permitted.Select(name => Der.Sequence(name))])));

    /// <summary>Extension .1 of Fulcio: the text itself, no DER.</summary>
    public static CertificateExtension IssuerV1(string issuer) => new(Oids.FulcioIssuer, false, Encoding.UTF8.GetBytes(issuer));

    /// <summary>Extension .8 of Fulcio.</summary>
    public static CertificateExtension IssuerV2(string issuer) => Fulcio(8, issuer);

    /// <summary>Extensions from .8 on: a UTF8String in DER.</summary>
    public static CertificateExtension Fulcio(int number, string value) => new(Oids.Fulcio(number), false, Der.Utf8(value));

    internal byte[] Encode() => Critical
        ? Der.Sequence(Der.Oid(Oid), Der.Boolean(true), Der.OctetString(Value))
        : Der.Sequence(Der.Oid(Oid), Der.OctetString(Value));
}
