namespace NodeGate.Host.Scanning;

/// <summary>What a scan is to look at.</summary>
/// <param name="Namespaces">Only images that containers of these namespaces use; empty: everything on the node.</param>
/// <param name="FillLedger">Whether what was verified may be used by pulls and containers later.</param>
internal sealed record ScanRequest(IReadOnlyList<string> Namespaces, bool FillLedger);
