using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Testing.Files;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Testing.Time;

namespace NodeGate.Gate.Tests.Support;

/// <summary>A gate over a registry in memory, with two real keys and a real ledger.</summary>
internal sealed class GateFixture : IDisposable
{
    public const string App = "reg.example/org/app";
    public const string Tagged = App + ":1";

    public static readonly SigningKey Key = SigningKey.Create();
    public static readonly SigningKey OtherKey = SigningKey.Create();

    private readonly ScratchFolder _folder = new();
    private readonly TimeSpan _graceFor;

    public GateFixture(string? policy = null, GateOptions? options = null, TimeSpan graceFor = default)
    {
        _graceFor = graceFor;
        Options = options ?? new GateOptions();
        Policies = new PolicyHolder(Load(policy ?? Enforce));
        Ledger = OpenLedger();
        Gate = Build(Registry);
    }

    /// <summary>Signed by the key under org, static rules beside it, the rest denied.</summary>
    public static string Enforce => Document("enforce", "deny", """
          - {name: org, images: ["reg.example/org/**"], require: {anyOf: [release]}}
          - {name: both, images: ["reg.example/both/**"], require: {allOf: [release, other]}}
          - {name: bundles, images: ["reg.example/bundles/**"], require: {anyOf: [bundle-only]}}
          - {name: legacies, images: ["reg.example/legacies/**"], require: {anyOf: [legacy-only]}}
          - {name: watched, images: ["reg.example/watched/**"], mode: audit, require: {anyOf: [release]}}
          - {name: prod, images: ["reg.example/tenant/**"], namespaces: {include: ["prod-*"]}, require: {anyOf: [release]}}
          - {name: free, images: ["reg.example/free/**"], allow: {reason: "free"}}
          - {name: never, images: ["reg.example/never/**"], deny: {reason: "never"}}
        """);

    public MemoryRegistry Registry { get; } = new();

    public MemorySink Sink { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public GateOptions Options { get; }

    public PolicyHolder Policies { get; }

    public Ledger Ledger { get; private set; }

    public ImageGate Gate { get; private set; }

    public string LedgerFolder => _folder.At("state");

    public IReadOnlyList<DecisionRecord> Records => [.. Sink.Records];

    public static string Document(string mode, string unmatched, string rules) => $$$"""
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: test}
        mode: {{{mode}}}
        unmatched: {{{unmatched}}}
        authorities:
          - {name: ci, keyless: {trustRoot: public-good, identities: [{issuer: "{{{VirtualSigstore.OidcIssuer}}}", subject: "{{{VirtualSigstore.Subject}}}"}]}}
          - {name: release, cosign: {keys: [{file: release.pub}]}}
          - {name: other, cosign: {keys: [{file: other.pub}]}}
          - {name: bundle-only, cosign: {keys: [{file: release.pub}], formats: [bundle]}}
          - {name: legacy-only, cosign: {keys: [{file: release.pub}], formats: [legacy]}}
        rules:
        {{{rules}}}
        """;

    public static PolicyModel Load(string text)
    {
        var result = PolicyLoader.Load([new PolicyFile("policy.yaml", Encoding.UTF8.GetBytes(text))], new Keys());
        Assert.True(result.IsLoaded, string.Join('\n', result.Errors));
        return result.Model;
    }

    public Task<Decision> DecideAsync(string image, string? @namespace = null, RegistryCredential? credential = null) =>
        Gate.DecideAsync(new GateRequest { Image = image, Namespace = @namespace, Credential = credential }, CancellationToken.None);

    public ValueTask<Presence> StatusAsync(string asked, string id, string[]? tags, string[]? digests = null) =>
        StatusAsync(asked, id, [.. (tags ?? []).Select(t => new ImageName(t, null)), .. (digests ?? []).Select(d => new ImageName(d, ImageReference.Parse(d).Digest))]);

    public ValueTask<Presence> StatusAsync(string asked, string id, params ImageName[] names) =>
        Gate.JudgePresentAsync(new PresentImage(asked, id, [.. names]), CancellationToken.None);

    /// <summary>The question of a container; the runtime passes the ID, the pod says <paramref name="written"/>.</summary>
    public Task<Decision> ContainerAsync(string? written, string id, string? @namespace, params ImageName[] names) => Gate.JudgeContainerAsync(
        new ContainerRequest { Image = new PresentImage(id, id, [.. names]), Written = written, Namespace = @namespace, Pod = "pod", PodUid = "uid" },
        CancellationToken.None);

    /// <summary>Pulls as an edge does: decide, pull, say so.</summary>
    public async Task<Decision.Admitted> PullAsync(string image, string id, string? @namespace = null)
    {
        var admitted = Assert.IsType<Decision.Admitted>(await DecideAsync(image, @namespace));
        await Gate.RecordPulledAsync(admitted, id);
        return admitted;
    }

    /// <summary>The daemon dies and starts again on the same folder.</summary>
    public void Restart(string? policy = null)
    {
        Ledger.Dispose();
        Ledger = OpenLedger();
        if (policy is not null)
        {
            Policies.Replace(Load(policy));
        }

        Gate = Build(Registry);
    }

    public ImageGate Build(IImageSourceFactory sources) =>
        new(Policies, sources, Ledger, Sink, Options, Time, NullLogger<ImageGate>.Instance);

    public void Dispose()
    {
        Ledger.Dispose();
        _folder.Dispose();
    }

    private Ledger OpenLedger() => Ledger.Open(new LedgerOptions { Folder = LedgerFolder, GraceFor = _graceFor }, Time, NullLogger<Ledger>.Instance);

    private sealed class Keys : IPolicyFiles
    {
        public FileContent Read(string policyPath, string file, int maxBytes) =>
            FileContent.Found(Encoding.UTF8.GetBytes(file == "release.pub" ? Key.PublicPem : OtherKey.PublicPem));

        public FileContent ReadBuiltIn(string name) =>
            FileContent.Found(Encoding.UTF8.GetBytes(VirtualSigstore.Default.TrustedRoot().ToJsonString()));

        public FileContent ReadBuiltInTufRoot(string name) => FileContent.Unreadable("no such file");

        public FileContent ReadFetched(TufSource source) => FileContent.Unreadable("not in tests");
    }
}
