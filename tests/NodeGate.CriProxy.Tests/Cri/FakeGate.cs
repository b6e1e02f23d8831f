using System.Collections.Immutable;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Tests.Cri;

/// <summary>A gate whose answers a test writes: what decides is tested in NodeGate.Gate, what becomes of a decision is tested here.</summary>
internal sealed class FakeGate : IImageGate
{
    public List<GateRequest> Asked { get; } = [];

    public List<(Decision.Admitted Decision, string ImageId)> Recorded { get; } = [];

    public List<PresentImage> Judged { get; } = [];

    public Func<GateRequest, CancellationToken, Task<Decision>> Decide { get; set; } = (_, _) => throw new InvalidOperationException("no decision was scripted");

    public Func<PresentImage, Presence> Judge { get; set; } = _ => throw new InvalidOperationException("no presence was scripted");

    public Action Record { get; set; } = () => { };

    public Task<Decision> DecideAsync(GateRequest request, CancellationToken cancellationToken)
    {
        Asked.Add(request);
        return Decide(request, cancellationToken);
    }

    public ValueTask RecordPulledAsync(Decision.Admitted admitted, string imageId)
    {
        Record();
        Recorded.Add((admitted, imageId));
        return ValueTask.CompletedTask;
    }

    public ValueTask<Presence> JudgePresentAsync(PresentImage image, CancellationToken cancellationToken)
    {
        Judged.Add(image);
        return ValueTask.FromResult(Judge(image));
    }

    public List<ContainerRequest> Containers { get; } = [];

    public Func<ContainerRequest, Decision> JudgeContainer { get; set; } = _ => throw new InvalidOperationException("no container was scripted");

    /// <summary>How many admitted pulls are under way now.</summary>
    public int UnderWay { get; private set; }

    public Func<string, Digest, Decision> JudgeRuntimePull { get; set; } = (_, _) => throw new InvalidOperationException("no pull by the runtime was scripted");

    public Task<Decision> JudgeContainerAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        Containers.Add(request);
        return Task.FromResult(JudgeContainer(request));
    }

    public IDisposable EnterPull(AdmittedImage image)
    {
        UnderWay++;
        return new Pull(this);
    }

    public Task<Decision> JudgeRuntimePullAsync(string name, Digest digest, CancellationToken cancellationToken) =>
        Task.FromResult(JudgeRuntimePull(name, digest));

    public Task<ImmutableArray<Decision>> ExamineAsync(PresentImage image, ImmutableArray<string> namespaces, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("no edge of this room examines images");

    private sealed class Pull(FakeGate gate) : IDisposable
    {
        public void Dispose() => gate.UnderWay--;
    }
}
