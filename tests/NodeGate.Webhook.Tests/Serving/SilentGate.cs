using System.Collections.Immutable;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Webhook.Tests.Serving;

/// <summary>A gate that never answers and hears no cancellation: the real one keeps its deadline.</summary>
internal sealed class SilentGate : IImageGate
{
    public Task<Decision> DecideAsync(GateRequest request, CancellationToken cancellationToken) => new TaskCompletionSource<Decision>().Task;

    public ValueTask RecordPulledAsync(Decision.Admitted admitted, string imageId) => throw new NotSupportedException();

    public ValueTask<Presence> JudgePresentAsync(PresentImage image, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Decision> JudgeContainerAsync(ContainerRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IDisposable EnterPull(AdmittedImage image) => throw new NotSupportedException();

    public Task<Decision> JudgeRuntimePullAsync(string name, Digest digest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<Decision>> ExamineAsync(PresentImage image, ImmutableArray<string> namespaces, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
