namespace NodeGate.Verification;

/// <summary>What an authority of keys asks of transparency logs and timestamps (policy: <c>transparencyLog</c>).</summary>
/// <param name="TrustRoot">The logs and timestamp authorities that are trusted.</param>
/// <param name="Logs">How many logs of different operators must have the entry; at least 1.</param>
/// <param name="Timestamps">How many different timestamp authorities must have signed the time; 0: none is asked for.</param>
public sealed record LogRequirement(TrustRoot TrustRoot, int Logs, int Timestamps);
