namespace NodeGate.Policy.Loading;

/// <summary>An authority as it is written; of one kind, or of none where that one was refused.</summary>
internal sealed record AuthorityConfig(Located? Name, PolicyPosition Position, CosignConfig? Cosign, KeylessConfig? Keyless);
