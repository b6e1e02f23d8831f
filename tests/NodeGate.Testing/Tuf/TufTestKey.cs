using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Tuf;

/// <summary>A real key pair as a TUF repository names it.</summary>
public sealed record TufTestKey(SigningKey Pair, string KeyType, string Scheme, string Public)
{
    /// <summary>What roles and signatures call the key: by custom the hash of its description, by the specification any text.</summary>
    public string KeyId { get; init; } = Convert.ToHexStringLower(SHA256.HashData(TufCanonical.Encode(Describe(KeyType, Scheme, Public))));

    public JsonObject Description => Describe(KeyType, Scheme, Public);

    public static TufTestKey Ecdsa() => OfEcdsa(SigningKey.Create());

    public static TufTestKey OfEcdsa(SigningKey pair) => new(pair, "ecdsa", "ecdsa-sha2-nistp256", pair.PublicPem);

    /// <summary>As the first Sigstore roots wrote it: the uncompressed point in hexadecimal.</summary>
    public static TufTestKey EcdsaPoint()
    {
        var pair = SigningKey.Create();
        return new(pair, "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", Convert.ToHexStringLower(pair.PublicDer[^65..]));
    }

    public static TufTestKey Ed25519()
    {
        var pair = SigningKey.Ed25519();
        return new(pair, "ed25519", "ed25519", Convert.ToHexStringLower(pair.PublicDer[^32..]));
    }

    public static TufTestKey Rsa()
    {
        var pair = SigningKey.Rsa(2048, RSASignaturePadding.Pss);
        return new(pair, "rsa", "rsassa-pss-sha256", pair.PublicPem);
    }

    private static JsonObject Describe(string keyType, string scheme, string @public) =>
        new() { ["keytype"] = keyType, ["scheme"] = scheme, ["keyval"] = new JsonObject { ["public"] = @public } };
}
