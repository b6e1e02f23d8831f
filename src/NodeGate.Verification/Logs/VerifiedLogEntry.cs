namespace NodeGate.Verification.Logs;

/// <summary>A log entry that is in a trusted log and about the signature in question.</summary>
/// <param name="Log">The log.</param>
/// <param name="Index">Its index there.</param>
/// <param name="Time">When the log says that it took the entry: only from a verified promise of Rekor v1. In an inclusion proof no time is signed.</param>
internal sealed record VerifiedLogEntry(TransparencyLog Log, long Index, DateTimeOffset? Time);
