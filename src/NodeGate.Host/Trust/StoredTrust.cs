namespace NodeGate.Host.Trust;

/// <summary>A trust root as it lies on disk: its <c>trusted_root.json</c>, or why there is none.</summary>
/// <param name="TrustedRoot">The verified content; null where there is none.</param>
/// <param name="Problem">Why there is none, with the fix; null where there is one.</param>
public sealed record StoredTrust(byte[]? TrustedRoot, string? Problem);
