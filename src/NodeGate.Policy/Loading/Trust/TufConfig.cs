namespace NodeGate.Policy.Loading.Trust;

/// <summary>From where a trust root is fetched, as it is written.</summary>
internal sealed record TufConfig(Located? Mirror, Located? Root);
