using NodeGate.Host.Scanning;

namespace NodeGate.Host.Control;

/// <summary>What the daemon does for its commands.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Scan">Judges what is on the node, result by result. Throws <see cref="NodeGate.Oci.NodeGateException"/> before the first where it cannot begin.</param>
/// <param name="VerifyImage">The question of containerd's image-verifier plugin.</param>
internal sealed record ControlActions(
    Func<CancellationToken, Task<StatusReport>> Status,
    Func<ScanRequest, CancellationToken, IAsyncEnumerable<ScanStep>> Scan,
    Func<VerifyImageRequest, CancellationToken, Task<VerifyImageAnswer>> VerifyImage);
