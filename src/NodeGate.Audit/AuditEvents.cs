using Microsoft.Extensions.Logging;

namespace NodeGate.Audit;

/// <summary>What this room logs. Event ids 5000 to 5099; never reused.</summary>
internal static partial class AuditEvents
{
    [LoggerMessage(5000, LogLevel.Error, "The audit log {Path} cannot be written; nothing is admitted until it can")]
    internal static partial void WriteFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(5001, LogLevel.Information, "The audit log {Path} can be written again")]
    internal static partial void WriteRecovered(ILogger logger, string path);
}
