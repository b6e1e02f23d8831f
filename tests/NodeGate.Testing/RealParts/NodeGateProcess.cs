using System.Text.Json;

namespace NodeGate.Testing.RealParts;

/// <summary>The real daemon: `nodegate run --config FILE`.</summary>
public sealed class NodeGateProcess : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly NodeGateSetup _setup;
    private ChildProcess _process;

    private NodeGateProcess(TestFolder folder, NodeGateSetup setup, ChildProcess process, int metricsPort)
    {
        _folder = folder;
        _setup = setup;
        _process = process;
        MetricsPort = metricsPort;
    }

    public string Folder => _folder.Path;

    public string SocketPath => _folder.At("n.sock");

    public string ConfigFile => _folder.At("config.yaml");

    /// <summary>The folder of policy files; the setup's policy is policy.yaml in it.</summary>
    public string PolicyFolder => _folder.At("policy.d");

    public string LedgerFolder => _folder.At("state");

    public string AuditFile => _folder.At("audit.jsonl");

    public int MetricsPort { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public static async Task<NodeGateProcess> StartAsync(NodeGateSetup setup)
    {
        var nodegate = Launch(setup);
        try
        {
            await nodegate.ReadyAsync();
        }
        catch
        {
            await nodegate.DisposeAsync();
            throw;
        }

        return nodegate;
    }

    /// <summary>Starts it without waiting for the socket, for starts that must fail.</summary>
    public static NodeGateProcess Launch(NodeGateSetup setup)
    {
        var folder = TestFolder.Create();
        var port = Probe.FreePort();
        folder.Write("config.yaml", setup.ConfigText(folder, port));
        folder.Write("policy.d/policy.yaml", setup.Policy);
        return new NodeGateProcess(folder, setup, Run(folder, setup), port);
    }

    /// <summary>A client of the gate's socket. The caller disposes it.</summary>
    public CriClient Cri(string api = "runtime.v1") => new(SocketPath, api);

    /// <summary>Replaces the policy in one step, as an operator's tool would.</summary>
    public void WritePolicy(string policy)
    {
        var next = _folder.Write("policy.next", policy);
        File.Move(next, Path.Combine(PolicyFolder, "policy.yaml"), overwrite: true);
    }

    public Task StopAsync() => _process.StopAsync();

    /// <summary>kill -9: what a crash leaves is then on the disk.</summary>
    public Task KillAsync() => _process.KillAsync();

    public Task<int> WaitForExitAsync() => _process.WaitForExitAsync();

    /// <summary>Starts again on the same folder.</summary>
    public async Task RestartAsync()
    {
        await _process.StopAsync();
        await _process.DisposeAsync();
        _process = Run(_folder, _setup);
        await ReadyAsync();
    }

    /// <summary>The complete lines of the audit log; a torn last line is left out.</summary>
    public IReadOnlyList<JsonElement> AuditLines() => AuditLog.Lines(AuditFile);

    /// <summary>Waits for the first audit line that fits.</summary>
    public async Task<JsonElement> AuditLineAsync(Func<JsonElement, bool> fits)
    {
        JsonElement? found = null;
        await _process.WaitUntilAsync("an audit line that fits", _ =>
        {
            found = AuditLines().Where(fits).Select(line => (JsonElement?)line).FirstOrDefault();
            return Task.FromResult(found is not null);
        });
        return found!.Value;
    }

    /// <summary>Waits for a text in the daemon's own log.</summary>
    public Task LoggedAsync(string text) => _process.WaitUntilAsync(
        "log has: " + text, _ => Task.FromResult(Log().Contains(text, StringComparison.Ordinal)));

    public string Log() => File.ReadAllText(_process.OutputFile) + File.ReadAllText(_process.ErrorFile);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private static ChildProcess Run(TestFolder folder, NodeGateSetup setup) =>
        ChildProcess.Start("nodegate", NodeGateCommand.Required(), ["run", "--config", folder.At("config.yaml")], folder.Path, setup.Environment);

    private Task ReadyAsync() => _process.WaitUntilAsync(
        "the socket accepts", cancellationToken => Probe.UnixSocketAsync(SocketPath, cancellationToken), _setup.ReadyTimeout);
}
