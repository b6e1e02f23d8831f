using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Sandbox;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;

namespace NodeGate.CriProxy;

/// <summary>
/// Tells which image containerd starts pods with and what the policy says of it: at the start, on a change, for <c>doctor</c> and <c>scan</c>.
/// Only looks; that a pod does not start without it is RunPodSandbox's to see to.
/// </summary>
public sealed class SandboxImages : IAsyncDisposable
{
    private readonly UpstreamChannel _containerd;
    private readonly SandboxImageFinder _sandboxes;
    private readonly ImageFinder _images;
    private readonly IImageGate _gate;

    /// <summary>Nothing is connected before the first question.</summary>
    /// <param name="upstream">containerd's unix socket.</param>
    /// <param name="gate">What judges.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where a lost connection is said.</param>
    public SandboxImages(string upstream, IImageGate gate, TimeProvider time, ILogger<SandboxImages> logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(upstream);
        ArgumentNullException.ThrowIfNull(gate);
        _containerd = new UpstreamChannel(upstream, CriReadiness.Probe, WireLimits.Default, time, logger);
        var calls = new CriCalls(_containerd);
        _sandboxes = new SandboxImageFinder(calls);
        _images = new ImageFinder(calls);
        _gate = gate;
    }

    /// <summary>
    /// Finds the image and judges it for <paramref name="namespaces"/>; where there are none, for every rule that could decide in some
    /// namespace. What keeps it from telling is in the result, with the fix. Writes no audit record.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<SandboxImageReport> ExamineAsync(ImmutableArray<string> namespaces, CancellationToken cancellationToken)
    {
        string? reference = null;
        try
        {
            (reference, var problem) = await _sandboxes.FindAsync(CriServices.RuntimeV1, cancellationToken);
            if (reference is null)
            {
                return new SandboxImageReport(null, null, [], problem);
            }

            var (present, failure) = await _images.FindAsync(CriServices.ImageV1, reference, null, cancellationToken);
            return present is null
                ? new SandboxImageReport(reference, null, [], failure is null
                    ? $"{reference} is not on the node yet; it is judged when it is pulled."
                    : $"containerd did not say whether {reference} is on the node: {failure.Status}: {AnswerText.Clean(failure.StatusMessage, CriLimits.MaxSentenceInAnswer)}")
                : new SandboxImageReport(reference, present, await _gate.ExamineAsync(present, namespaces, cancellationToken), null);
        }
        catch (NodeGateException fault)
        {
            return new SandboxImageReport(reference, null, [], fault.Message);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _containerd.DisposeAsync();
}
