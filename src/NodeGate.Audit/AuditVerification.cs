namespace NodeGate.Audit;

/// <summary>What verifying an audit log came to.</summary>
/// <param name="Records">How many records hold, from the oldest on.</param>
/// <param name="FirstSeq">The sequence number of the oldest; more than 1 when older files were rotated away. 0 without records.</param>
/// <param name="LastSeq">The sequence number of the last record that holds.</param>
/// <param name="LastHash">
/// Its hash. Written down elsewhere, it shows later whether the log's end was cut off: that is the one change that a chain alone cannot show.
/// </param>
/// <param name="Damage">The first damage, or null where every line holds.</param>
public sealed record AuditVerification(long Records, long FirstSeq, long LastSeq, string LastHash, AuditDamage? Damage);
