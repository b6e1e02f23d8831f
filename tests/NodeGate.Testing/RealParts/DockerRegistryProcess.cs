using System.Net;
using System.Text.RegularExpressions;

namespace NodeGate.Testing.RealParts;

/// <summary>Debian's docker-registry 2.8 with a file store: a real registry without the referrers API.</summary>
public sealed partial class DockerRegistryProcess : IAsyncDisposable
{
    public const string UserName = "nodegate";

    /// <summary>Of the one account in the htpasswd file below; .NET has no bcrypt to make another.</summary>
    public const string Password = "registry-password";

    private const string PasswordHash = "$2b$05$abcdefghijklmnopqrstuux7DVfxfgfXTmp/9Tsk6HzX2QQGjxePG";
    private readonly TestFolder _folder;
    private readonly DockerRegistryOptions _options;
    private ChildProcess _process;

    private DockerRegistryProcess(TestFolder folder, DockerRegistryOptions options, ChildProcess process, int port)
    {
        _folder = folder;
        _options = options;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>127.0.0.1:PORT, as it stands in references.</summary>
    public string Host => "127.0.0.1:" + Port;

    /// <summary>The file store, for tests that damage it.</summary>
    public string Store => _folder.At("store");

    public static Task<DockerRegistryProcess> StartAsync() => StartAsync(new DockerRegistryOptions());

    public static async Task<DockerRegistryProcess> StartAsync(DockerRegistryOptions options)
    {
        var folder = TestFolder.Create();
        var process = Launch(folder, options, port: 0);
        try
        {
            return new DockerRegistryProcess(folder, options, process, await ReadyAsync(process));
        }
        catch
        {
            await process.DisposeAsync();
            await folder.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync() => _process.KillAsync();

    /// <summary>Starts again on the same port with the same content.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        File.Delete(_process.ErrorFile);
        File.Delete(_process.OutputFile);
        _process = Launch(_folder, _options, Port);
        await ReadyAsync(_process);
    }

    public string Output() => _process.Output();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private static ChildProcess Launch(TestFolder folder, DockerRegistryOptions options, int port)
    {
        var auth = options.BasicAuth
            ? $"auth: {{htpasswd: {{realm: nodegate-test, path: {folder.Write("htpasswd", $"{UserName}:{PasswordHash}\n")}}}}}\n"
            : "";
        var tls = options.CertificateFile is null ? "" : $"\n  tls: {{certificate: {options.CertificateFile}, key: {options.KeyFile}}}";
        var config = folder.Write("config.yml", $"""
            version: 0.1
            log: {"{level: info, accesslog: {disabled: true}}"}
            storage:
              filesystem: {"{"}rootdirectory: {folder.Folder("store")}{"}"}
              delete: {"{enabled: true}"}
            {auth}http:
              addr: {IPAddress.Loopback}:{port}
              secret: nodegate-test{tls}
            """);
        return ChildProcess.Start("docker-registry", Tools.Path("docker-registry"), ["serve", config], folder.Path);
    }

    // It is given port 0 and names the real one in its log, so two tests can never be given the same port.
    private static async Task<int> ReadyAsync(ChildProcess process)
    {
        var port = 0;
        await process.WaitUntilAsync("listening", async cancellationToken =>
        {
            var log = await File.ReadAllTextAsync(process.ErrorFile, cancellationToken) + await File.ReadAllTextAsync(process.OutputFile, cancellationToken);
            var match = Listening().Match(log);
            return match.Success && int.TryParse(match.Groups[1].Value, out port);
        });
        return port;
    }

    [GeneratedRegex(@"listening on 127\.0\.0\.1:([0-9]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Listening();
}
