using System.Text.Json;
using NodeGate.Testing.Signing;
using NodeGate.Verification.Keys;

namespace NodeGate.Verification.Tests;

/// <summary>Project Wycheproof's vectors for the primitives. "acceptable" ones (RSA signatures without the NULL of RFC 8017) may go either way.</summary>
[Trait("Category", "Conformance")]
public sealed class WycheproofTests
{
    [VectorsFact]
    public void Verifies_EcdsaP256() => Run("ecdsa_secp256r1_sha256_test.json", "publicKeyDer", 484);

    [VectorsFact]
    public void Verifies_EcdsaP384() => Run("ecdsa_secp384r1_sha384_test.json", "publicKeyDer", 100);

    [VectorsFact]
    public void Verifies_EcdsaP521() => Run("ecdsa_secp521r1_sha512_test.json", "publicKeyDer", 100);

    [VectorsFact]
    public void Verifies_RsaPkcs1Of2048() => Run("rsa_signature_2048_sha256_test.json", "publicKeyDer", 200);

    [VectorsFact]
    public void Verifies_RsaPkcs1Of3072() => Run("rsa_signature_3072_sha256_test.json", "publicKeyDer", 200);

    [VectorsFact]
    public void Verifies_RsaPkcs1Of4096() => Run("rsa_signature_4096_sha256_test.json", "publicKeyDer", 200);

    [VectorsFact]
    public void Verifies_RsaPssOf2048() => Run("rsa_pss_2048_sha256_mgf1_32_test.json", "publicKeyDer", 100);

    [VectorsFact]
    public void Verifies_RsaPssOf3072() => Run("rsa_pss_3072_sha256_mgf1_32_test.json", "publicKeyDer", 100);

    [VectorsFact]
    public void Verifies_RsaPssOf4096() => Run("rsa_pss_4096_sha256_mgf1_32_test.json", "publicKeyDer", 100);

    [VectorsFact]
    public void Verifies_Ed25519() => Run("ed25519_test.json", "publicKeyDer", 151);

    [VectorsFact]
    public void Decode_PublicKeysOfEd25519_RoundTrip()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Vectors.PathOf("wycheproof", "ed25519_test.json")));
        foreach (var group in vectors.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var key = Convert.FromHexString(group.GetProperty("publicKeyDer").GetString()!)[^32..];

            Assert.Equal(key, EdwardsPoint.Decode(key)?.Encode());
        }
    }

    private static void Run(string file, string keyName, int atLeast)
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Vectors.PathOf("wycheproof", file)));
        var count = 0;
        var wrong = new List<string>();
        foreach (var group in vectors.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            Assert.True(PublicKey.TryParse(Convert.FromHexString(group.GetProperty(keyName).GetString()!), out var key, out var error), error);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                var expected = test.GetProperty("result").GetString();
                var verifies = key.Verifies(
                    Convert.FromHexString(test.GetProperty("msg").GetString()!), Convert.FromHexString(test.GetProperty("sig").GetString()!));
                // Some vectors of the RSA files are good signatures of the other scheme, and NodeGate accepts both for an RSA key.
                var otherScheme = test.GetProperty("comment").GetString() is "RSASSA-PSS signature" or "PKCS #1 v1.5 signature with SHA-256";
                if (expected != "acceptable" && !otherScheme && verifies != (expected == "valid"))
                {
                    wrong.Add($"tcId {test.GetProperty("tcId")} ({test.GetProperty("comment")}): {expected}, but verifies = {verifies}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(count >= atLeast, $"only {count} vectors in {file}");
    }
}
