namespace NodeGate.Oci;

/// <summary>The digest algorithms of the OCI image specification ("Registered algorithms") that NodeGate accepts.</summary>
public enum DigestAlgorithm
{
    /// <summary>SHA-256: 64 hexadecimal characters.</summary>
    Sha256 = 1,

    /// <summary>SHA-512: 128 hexadecimal characters.</summary>
    Sha512 = 2,
}
