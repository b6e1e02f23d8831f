namespace NodeGate.Host.Scanning;

/// <summary>How many rows came to what.</summary>
/// <param name="Admitted">Admitted on their merits.</param>
/// <param name="Denied">Denied in enforce mode.</param>
/// <param name="Undetermined">Undetermined in enforce mode.</param>
/// <param name="Audit">Denied or undetermined in audit mode: let through.</param>
internal sealed record ScanCounts(int Admitted, int Denied, int Undetermined, int Audit)
{
    internal static ScanCounts Of(IReadOnlyList<ScanRow> rows) => new(
        rows.Count(row => row.Decision == "Admitted"),
        rows.Count(row => row.Stops("Denied")),
        rows.Count(row => row.Stops("Undetermined")),
        rows.Count(row => row.Decision != "Admitted" && row.Mode == "audit"));
}
