namespace NodeGate.Host.Scanning;

/// <summary>How far a scan has come. The first tells of the sandbox image alone; the scan is complete when <paramref name="Done"/> is <paramref name="Total"/>.</summary>
/// <param name="Done">How many images were judged.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Image">The image that was judged last; in the first step the sandbox image, or nothing.</param>
/// <param name="Rows">What it came to.</param>
internal sealed record ScanStep(int Done, int Total, string Image, IReadOnlyList<ScanRow> Rows);
