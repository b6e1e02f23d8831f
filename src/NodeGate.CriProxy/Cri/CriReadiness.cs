using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// containerd listens before its CRI is initialised, and refuses every call but Version until then: as UNKNOWN in 1.x, as UNAVAILABLE in 2.x. A
/// kubelet whose first ImageFsInfo fails exits at once (kubelet-observed.md section 3), so held calls wait for the CRI and not for the socket.
/// </summary>
internal static class CriReadiness
{
    private const string NotInitialized = "server is not initialized yet";

    public static UpstreamProbe Probe { get; } = new("/runtime.v1.RuntimeService/Status", IsNotYet);

    private static bool IsNotYet(GrpcReply reply) =>
        reply.Status is GrpcStatusCode.Unknown or GrpcStatusCode.Unavailable
        && reply.StatusMessage is { } text && text.Contains(NotInitialized, StringComparison.Ordinal);
}
