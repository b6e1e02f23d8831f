using NodeGate.Testing.RealParts;
using NodeGate.Testing.Sigstore;
using NodeGate.Testing.Tuf;

namespace NodeGate.EndToEnd.Keyless;

/// <summary>A TUF repository that serves a Sigstore's <c>trusted_root.json</c>, and the pinned root with which all trust in it starts.</summary>
internal sealed class CorpMirror : IAsyncDisposable
{
    private readonly TestFolder _folder = TestFolder.Create();

    private CorpMirror(TufRepository repository, TufServer server)
    {
        Repository = repository;
        Server = server;
        TrustRoot = $"tuf: {{mirror: \"{server.Url}\", root: \"{_folder.At("root.json")}\"}}";
    }

    internal TufRepository Repository { get; }

    internal TufServer Server { get; }

    /// <summary>How a policy names it.</summary>
    internal string TrustRoot { get; }

    internal static async Task<CorpMirror> StartAsync(VirtualSigstore sigstore)
    {
        var repository = TufRepository.WithTarget(TimeProvider.System.GetUtcNow(), content: sigstore.TrustedRoot().ToJsonString());
        var mirror = new CorpMirror(repository, await TufServer.StartAsync(repository));
        await File.WriteAllBytesAsync(mirror._folder.At("root.json"), repository.PinnedRoot);
        return mirror;
    }

    /// <summary><c>nodegate trust update corp</c> or <c>show corp</c>, with the configuration of a daemon.</summary>
    internal static Task<CommandResult> TrustAsync(NodeGateProcess gate, string command, params IEnumerable<string> arguments) =>
        NodeGateCommand.RunAsync(["trust", command, "--config", gate.ConfigFile, .. arguments, "corp"]);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
