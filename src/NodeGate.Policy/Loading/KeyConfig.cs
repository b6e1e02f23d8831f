namespace NodeGate.Policy.Loading;

/// <summary>A key as it is written: in a file, or in place.</summary>
internal sealed record KeyConfig(Located? File, Located? Pem);
