using NodeGate.CriProxy.Wire;
using NodeGate.CriProxy.Wire.Listening;

namespace NodeGate.CriProxy;

/// <summary>Where the edge listens and where containerd is (design.md section 5, <c>listen</c> and <c>upstream</c>).</summary>
public sealed record CriProxyOptions
{
    /// <summary>Longest path of a unix socket in bytes (unix(7)). The one number for the edge and for whoever checks a configuration.</summary>
    public const int MaxSocketPathBytes = SocketFile.MaxPathBytes;

    /// <summary>The unix socket that the kubelet calls: an absolute path, without <c>unix://</c>.</summary>
    public required string Listen { get; init; }

    /// <summary>The group (name or number) that may use the socket beside root; null: the process's own.</summary>
    public string? ListenGroup { get; init; }

    /// <summary>containerd's unix socket: an absolute path, without <c>unix://</c>. It need not be there yet.</summary>
    public required string Upstream { get; init; }

    internal WireLimits Limits { get; init; } = WireLimits.Default;
}
