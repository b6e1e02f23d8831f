namespace NodeGate.Host.Scanning;

/// <summary>The bounds of a scan.</summary>
internal static class ScanLimits
{
    /// <summary>Images that are judged at once: a quarter of what the gate lets talk to registries, so that pulls go on.</summary>
    internal const int Parallel = 4;
}
