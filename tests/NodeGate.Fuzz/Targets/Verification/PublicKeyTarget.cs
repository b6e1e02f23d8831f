using System.Security.Cryptography;
using System.Text;
using NodeGate.Fuzz.Engine;
using NodeGate.Verification;
using NodeGate.Verification.Keys;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>Oracles: what is accepted .NET imports as the same key and writes in the same bytes; PEM and DER are one key.</summary>
internal sealed class PublicKeyTarget : IFuzzTarget
{
    public string Name => "public-key";

    public IReadOnlyList<Type> Parsers => [typeof(PublicKey), typeof(PublicKeyReader), typeof(NistCurve), typeof(EdwardsPoint)];

    public IEnumerable<byte[]> Seeds => Fixed.Keys.SelectMany(der => new[] { der, Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", der) + "\n") });

    public string Check(byte[] input)
    {
        if (!PublicKey.TryParse(input, out var key, out var error))
        {
            return Outcome.Refused(error);
        }

        var der = key.SubjectPublicKeyInfo.ToArray();
        FuzzFailure.UnlessSame(der, Written(key.Algorithm, der), $"a key ({key.Algorithm}) has one encoding, that of .NET");
        FuzzFailure.Unless(PublicKey.TryParse(PemEncoding.WriteString("PUBLIC KEY", der), out var again, out _) && key.Equals(again), "PEM and DER are one key");
        FuzzFailure.Unless(!key.Verifies("message"u8, new byte[64]), "no key verifies zeros");
        return $"accepted {key.Algorithm} {(input[0] == 0x30 ? "DER" : "PEM")}";
    }

    private static byte[] Written(KeyAlgorithm algorithm, byte[] der)
    {
        if (algorithm is KeyAlgorithm.EcdsaP256 or KeyAlgorithm.EcdsaP384 or KeyAlgorithm.EcdsaP521)
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(der, out _);
            return ecdsa.ExportSubjectPublicKeyInfo();
        }

        if (algorithm == KeyAlgorithm.Ed25519)
        {
            // .NET has none: the one encoding of RFC 8410 section 4.
            return [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, .. der.AsSpan(der.Length - 32)];
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(der, out _);
        return rsa.ExportSubjectPublicKeyInfo();
    }
}
