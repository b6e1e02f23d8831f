using NodeGate.Host.Commands;

namespace NodeGate.Host.Scanning;

/// <summary>What a scan found: the one object of <c>--output json</c>.</summary>
/// <param name="Complete">False where it was interrupted.</param>
/// <param name="Images">How many images were judged.</param>
/// <param name="Counts">How many rows came to what.</param>
/// <param name="Results">The rows.</param>
internal sealed record ScanReport(bool Complete, int Images, ScanCounts Counts, IReadOnlyList<ScanRow> Results)
{
    /// <summary>1: some would be denied; 2: some are undetermined, or the scan was interrupted; else 0.</summary>
    internal int ToExitCode() =>
        Counts.Denied > 0 ? ExitCode.Denied
        : Counts.Undetermined > 0 || !Complete ? ExitCode.Undetermined
        : ExitCode.Ok;
}
