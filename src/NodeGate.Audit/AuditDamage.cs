namespace NodeGate.Audit;

/// <summary>The first place at which an audit log is not what was written.</summary>
/// <param name="Kind">What happened to it.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line in it, from 1.</param>
/// <param name="Message">What was found and what was expected there.</param>
public sealed record AuditDamage(AuditDamageKind Kind, string File, long Line, string Message);
