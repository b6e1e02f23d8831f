using Microsoft.Extensions.Logging;

namespace NodeGate.Gate;

/// <summary>What this room logs. Event ids 4000 to 4099; never reused.</summary>
internal static partial class GateEvents
{
    [LoggerMessage(4000, LogLevel.Warning, "The ledger {Path} ended in {Bytes} bytes of an unfinished record; they were cut off")]
    internal static partial void LedgerTorn(ILogger logger, string path, long bytes);

    [LoggerMessage(4001, LogLevel.Error, "The ledger {Path} is damaged and was moved to {Aside}; every image is verified anew")]
    internal static partial void LedgerDamaged(ILogger logger, string path, string aside);

    [LoggerMessage(4002, LogLevel.Error, "The ledger in {Folder} cannot be written; nothing that needs it is admitted until it can")]
    internal static partial void LedgerWriteFailed(ILogger logger, string folder, Exception exception);

    [LoggerMessage(4003, LogLevel.Information, "The ledger in {Folder} can be written again")]
    internal static partial void LedgerWriteRecovered(ILogger logger, string folder);

    [LoggerMessage(4004, LogLevel.Error, "The decision {Outcome} ({Reason}) about {Reference} could not be recorded")]
    internal static partial void NotRecorded(ILogger logger, string outcome, NodeGate.Oci.DecisionReason reason, string? reference, Exception exception);

    [LoggerMessage(4005, LogLevel.Warning, "That {Reference} is shown as present could not be written down; a restart will have forgotten it")]
    internal static partial void PresenceNotWritten(ILogger logger, string reference, Exception exception);

    [LoggerMessage(4006, LogLevel.Warning, "Stored evidence at {Path} cannot be used; registries are asked instead")]
    internal static partial void EvidenceNotKept(ILogger logger, string path, Exception exception);
}
