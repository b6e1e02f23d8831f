namespace NodeGate.Policy.Loading.Trust;

/// <summary>From where a trust root is fetched, as it is written.</summary>
/// <param name="Mirror">The repository's address; null where it was wrong.</param>
/// <param name="Root">The file with the pinned root; null where there is none.</param>
/// <param name="IsBuiltIn">The pinned root is the one that NodeGate was delivered with.</param>
internal sealed record TufConfig(Located? Mirror, Located? Root, bool IsBuiltIn);
