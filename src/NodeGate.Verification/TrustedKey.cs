namespace NodeGate.Verification;

/// <summary>A key of an authority, and when it is good (policy: <c>validFrom</c>, <c>validUntil</c>).</summary>
/// <param name="Key">The key.</param>
/// <param name="ValidFor">
/// A signature counts where a trusted time (log or timestamp) is within. Without limits no time is asked for; with any, a signature without a
/// trusted time does not count (CVE-2026-54787: a rotated key that signs for ever).
/// </param>
public sealed record TrustedKey(PublicKey Key, ValidityPeriod ValidFor);
