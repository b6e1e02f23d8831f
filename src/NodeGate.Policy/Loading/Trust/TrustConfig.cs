namespace NodeGate.Policy.Loading.Trust;

/// <summary>What an authority asks of a trust root, as it is written.</summary>
/// <param name="TrustRoot">The trust root's name; null where it was refused.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="Logs">How many logs of different operators must have the entry.</param>
/// <param name="Timestamps">How many different timestamp authorities must have signed the time.</param>
internal sealed record TrustConfig(Located? TrustRoot, PolicyPosition Position, int Logs, int Timestamps);
