using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.EndToEnd.Cri;

/// <summary>
/// A gate whose decisions a test writes down: the edge is what is tested against the real containerd here. The decisions themselves are
/// made by the policy room, under a policy that allows what the script names.
/// </summary>
internal sealed class ScriptedGate : IImageGate
{
    private static readonly PolicyModel Policy = Load();
    private readonly ConcurrentDictionary<string, string?> _admitted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _shown = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _pulls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _decided = new(StringComparer.Ordinal);

    /// <summary>From now on <paramref name="image"/> is admitted as <paramref name="digest"/>, or as it is written where that is null.</summary>
    public void Admit(string image, string? digest) => _admitted[image] = digest;

    /// <summary>True when a pull of the image with this ID was reported as successful.</summary>
    public bool IsRecorded(string imageId) => _shown.ContainsKey(imageId);

    /// <summary>How many pulls of <paramref name="image"/> were reported as successful.</summary>
    public int PullsOf(string image) => _pulls.GetValueOrDefault(image);

    /// <summary>Completes when <paramref name="image"/> was decided on.</summary>
    public Task DecidedAsync(string image) => Decided(image).Task;

    public Task<Decision> DecideAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var reference = ImageReference.Parse(request.Image);
        var isAdmitted = _admitted.TryGetValue(request.Image, out var text);
        var digest = text is null ? null : Digest.Parse(text);
        var match = Policy.Match(reference, digest, request.Namespace, DateTimeOffset.UnixEpoch);
        var basis = match.Basis(request.Image, reference, digest, request.Namespace);
        Decided(request.Image).TrySetResult();
        return Task.FromResult(isAdmitted
            ? Decider.FromStatic(match, basis) ?? throw new InvalidOperationException("the policy of this test is static")
            : Decider.Failed(match, basis, DecisionReason.NoSignature, "Nobody signed it; sign it."));
    }

    public ValueTask RecordPulledAsync(Decision.Admitted admitted, string imageId)
    {
        _shown[imageId] = true;
        _pulls.AddOrUpdate(admitted.Basis.Image, 1, (_, count) => count + 1);
        return ValueTask.CompletedTask;
    }

    public ValueTask<Presence> JudgePresentAsync(PresentImage image, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Presence(_shown.ContainsKey(image.Id), null));

    /// <summary>By what the pod says, where it says something: the script knows no digests of names.</summary>
    public Task<Decision> JudgeContainerAsync(ContainerRequest request, CancellationToken cancellationToken) => DecideAsync(
        new GateRequest { Image = request.Written ?? request.Image.Asked, Namespace = request.Namespace, Event = request.Event }, cancellationToken);

    public IDisposable EnterPull(AdmittedImage image) => new MemoryStream();

    public Task<Decision> JudgeRuntimePullAsync(string name, Digest digest, CancellationToken cancellationToken) =>
        DecideAsync(new GateRequest { Image = name }, cancellationToken);

    public Task<ImmutableArray<Decision>> ExamineAsync(PresentImage image, ImmutableArray<string> namespaces, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("these tests do not scan");

    private TaskCompletionSource Decided(string image) =>
        _decided.GetOrAdd(image, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private static PolicyModel Load()
    {
        const string Text = """
            apiVersion: nodegate.dev/v1
            kind: ImagePolicy
            metadata: {name: scripted}
            unmatched: allow
            """;
        var result = PolicyLoader.Load([new PolicyFile("scripted.yaml", Encoding.UTF8.GetBytes(Text))], new NoFiles());
        return result.Model ?? throw new InvalidOperationException(string.Join('\n', result.Errors));
    }

    private sealed class NoFiles : IPolicyFiles
    {
        public FileContent Read(string policyPath, string file, int maxBytes) => throw Unexpected();

        public FileContent ReadBuiltIn(string name) => throw Unexpected();

        public FileContent ReadBuiltInTufRoot(string name) => throw Unexpected();

        public FileContent ReadFetched(TufSource source) => throw Unexpected();

        private static InvalidOperationException Unexpected() => new("the policy of this test names no files");
    }
}
