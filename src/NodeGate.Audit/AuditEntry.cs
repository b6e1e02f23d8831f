namespace NodeGate.Audit;

/// <summary>One line of the audit log as it stands in a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line's number in it, from 1.</param>
/// <param name="Text">The line without its line feed.</param>
/// <param name="IsComplete">False for a last line without a line feed, or one beyond <see cref="AuditLimits.MaxLineBytes"/>.</param>
public sealed record AuditEntry(string File, long Line, ReadOnlyMemory<byte> Text, bool IsComplete);
