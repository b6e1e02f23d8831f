using NodeGate.Host.Control;

namespace NodeGate.Host.Tests;

/// <summary>What a daemon could say of itself.</summary>
internal static class Statuses
{
    internal static StatusReport Fine { get; } = new()
    {
        Version = "test",
        StartedAt = DateTimeOffset.UnixEpoch,
        UptimeSeconds = 90_061,
        Policy = new StatusReport.PolicyPart("production", "r1", 3, []),
        TrustRoots = [new StatusReport.TrustRootPart("corp", "TUF", null, DateTimeOffset.UnixEpoch, Stale: false)],
        Containerd = new StatusReport.ContainerdPart("/run/containerd/containerd.sock", Reachable: true),
        SandboxImage = new StatusReport.SandboxImagePart("registry.k8s.io/pause:3.10", "Admitted", "AllowedByRule", "pinned"),
        Exceptions = [new StatusReport.ExceptionPart("legacy", "team-a", "SEC-1", DateTimeOffset.UnixEpoch, Ended: true)],
        Ledger = new StatusReport.LedgerPart(2, 1),
        Decisions = [new StatusReport.DecisionPart("Pull", "Denied", "NoSignature", 4)],
        Findings = [],
    };
}
