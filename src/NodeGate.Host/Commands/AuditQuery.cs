using NodeGate.Audit;

namespace NodeGate.Host.Commands;

/// <summary>What <c>audit query</c> is asked for.</summary>
/// <param name="Path">The log.</param>
/// <param name="Filter">Which records.</param>
/// <param name="IsGrouped">By image and reason.</param>
/// <param name="Limit">Most groups, or newest records, that are shown; null for as many as there are.</param>
internal sealed record AuditQuery(string Path, AuditFilter Filter, bool IsGrouped, int? Limit);
