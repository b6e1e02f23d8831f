namespace NodeGate.CriProxy.Wire.Listening;

/// <summary>Where to listen and where calls go.</summary>
/// <param name="SocketPath">The unix socket that clients connect to, an absolute path.</param>
/// <param name="UpstreamPath">containerd's unix socket.</param>
internal sealed record CriListenerOptions(string SocketPath, string UpstreamPath)
{
    /// <summary>The group (name or number) that may use the socket beside root; null leaves it to the process's own group.</summary>
    public string? Group { get; init; }

    /// <summary>Asked of an upstream that was away, before held calls are sent to it; null: they are sent at once.</summary>
    public UpstreamProbe? Probe { get; init; }

    public WireLimits Limits { get; init; } = WireLimits.Default;
}
