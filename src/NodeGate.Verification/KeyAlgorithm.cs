namespace NodeGate.Verification;

/// <summary>The kinds of public key that NodeGate verifies with.</summary>
public enum KeyAlgorithm
{
    /// <summary>ECDSA on NIST P-256.</summary>
    EcdsaP256 = 1,

    /// <summary>ECDSA on NIST P-384.</summary>
    EcdsaP384 = 2,

    /// <summary>ECDSA on NIST P-521.</summary>
    EcdsaP521 = 3,

    /// <summary>RSA of 2048 to 8192 bits, PKCS#1 v1.5 or PSS.</summary>
    Rsa = 4,

    /// <summary>Ed25519 (RFC 8032), pure or prehashed (Ed25519ph).</summary>
    Ed25519 = 5,
}
