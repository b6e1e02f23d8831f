namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>The <c>type</c> of an entry of <c>verifyImages</c>.</summary>
internal enum KyvernoType
{
    /// <summary>cosign's <c>.sig</c> images.</summary>
    Cosign = 0,

    /// <summary>Sigstore bundles, of keyless signers.</summary>
    SigstoreBundle = 1,

    /// <summary>Notary Project signatures.</summary>
    Notary = 2,
}
