namespace NodeGate.Policy.Loading.Trust;

/// <summary>A trust root as it is written; of one kind, or of none where that one was refused.</summary>
internal sealed record TrustRootConfig(Located? Name, PolicyPosition Position, Located? File, TufConfig? Tuf, SigstoreConfig? Sigstore);
