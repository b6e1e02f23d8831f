namespace NodeGate.Audit;

/// <summary>How an audit log was found not to be what was written.</summary>
public enum AuditDamageKind
{
    /// <summary>The line is not a record, or its hash is not that of its text, or the next line was not written after it.</summary>
    Changed = 0,

    /// <summary>Lines that stood before this one are missing.</summary>
    Removed = 1,

    /// <summary>The line was put in: its sequence number was already used.</summary>
    Inserted = 2,

    /// <summary>The last line was not finished. A crash leaves one; the next start repairs it.</summary>
    Torn = 3,
}
