namespace NodeGate.Verification.Keys;

/// <summary>The families of signature algorithms.</summary>
internal enum SignatureKind
{
    /// <summary>ECDSA, signatures in DER.</summary>
    Ecdsa = 1,

    /// <summary>RSA with PKCS#1 v1.5 padding.</summary>
    RsaPkcs1 = 2,

    /// <summary>RSA with PSS padding, its salt as long as the hash.</summary>
    RsaPss = 3,

    /// <summary>Ed25519 over the message itself.</summary>
    Ed25519 = 4,
}
