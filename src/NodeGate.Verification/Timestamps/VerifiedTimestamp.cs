namespace NodeGate.Verification.Timestamps;

/// <summary>A time that a trusted authority signed for the signature in question.</summary>
/// <param name="Authority">The authority.</param>
/// <param name="Time">The time.</param>
internal sealed record VerifiedTimestamp(CertificateAuthority Authority, DateTimeOffset Time);
