using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using NodeGate.Testing.Registries;

namespace NodeGate.Testing.RealParts;

/// <summary>The real webhook: <c>nodegate webhook --config FILE</c>, with a certificate for 127.0.0.1 and localhost.</summary>
public sealed class WebhookProcess : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly TestCertificates _authority;
    private readonly HttpClient _client;
    private readonly ChildProcess _process;

    private WebhookProcess(TestFolder folder, TestCertificates authority, ChildProcess process, int port)
    {
        _folder = folder;
        _authority = authority;
        _process = process;
        Port = port;
        _client = Client();
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Folder => _folder.Path;

    public string CertificateFile => _folder.At("tls.crt");

    public string KeyFile => _folder.At("tls.key");

    public string AuditFile => _folder.At("audit.jsonl");

    public string StateFolder => _folder.At("state");

    public static async Task<WebhookProcess> StartAsync(WebhookSetup setup)
    {
        var webhook = Launch(setup);
        try
        {
            await webhook.ReadyAsync();
        }
        catch
        {
            await webhook.DisposeAsync();
            throw;
        }

        return webhook;
    }

    /// <summary>Starts it without waiting, for starts that must fail, and for those that are measured.</summary>
    public static WebhookProcess Launch(WebhookSetup setup)
    {
        var folder = TestFolder.Create();
        var port = Probe.FreePort();
        var authority = new TestCertificates();
        using var server = authority.IssueServer();
        using var key = server.GetECDsaPrivateKey()!;
        folder.Write("tls.crt", server.ExportCertificatePem());
        folder.Write("tls.key", key.ExportPkcs8PrivateKeyPem());
        folder.Write("config.yaml", setup.ConfigText(folder, port));
        folder.Write("policy.d/policy.yaml", setup.Policy);
        string[] command = [NodeGateCommand.Required(), "webhook", "--config", folder.At("config.yaml")];
        if (setup.ServiceAccount is { } account)
        {
            // In a mount namespace of its own: the path of a pod's token is fixed, and this machine's is left alone.
            command =
            [
                "unshare", "--mount", "/bin/sh", "-c",
                "mount -t tmpfs none /var/run && mkdir -p /var/run/secrets/kubernetes.io/serviceaccount"
                + " && mount --bind \"$0\" /var/run/secrets/kubernetes.io/serviceaccount && exec \"$@\"",
                account, .. command,
            ];
        }

        var process = ChildProcess.Start("webhook", command[0], command[1..], folder.Path, setup.Environment);
        return new WebhookProcess(folder, authority, process, port);
    }

    /// <summary>A client that trusts the webhook's authority and nothing else, for the webhook or another <paramref name="port"/>. The caller disposes it.</summary>
    public HttpClient Client(int? port = null)
    {
        var roots = new X509Certificate2Collection(X509Certificate2.CreateFromPem(_authority.AuthorityPem));
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        return new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{port ?? Port}") };
    }

    /// <summary>Posts JSON and reads the answer's JSON; anything but 200 is an error.</summary>
    public async Task<JsonElement> PostAsync(string path, string json)
    {
        using var answer = await SendAsync(path, json);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new InvalidOperationException($"{(int)answer.StatusCode} {text}\n{Log()}");
    }

    /// <summary>Posts JSON. The caller disposes the answer.</summary>
    public Task<HttpResponseMessage> SendAsync(string path, string json)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return _client.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    public async Task<string> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative));
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Replaces the policy in one step, as an operator's tool would.</summary>
    public void WritePolicy(string policy) => File.Move(_folder.Write("policy.next", policy), _folder.At("policy.d", "policy.yaml"), overwrite: true);

    public IReadOnlyList<JsonElement> AuditLines() => AuditLog.Lines(AuditFile);

    public Task WaitUntilAsync(string what, Func<CancellationToken, Task<bool>> probe) => _process.WaitUntilAsync(what, probe);

    public Task KillAsync() => _process.KillAsync();

    public Task StopAsync() => _process.StopAsync();

    public Task<int> WaitForExitAsync() => _process.WaitForExitAsync();

    public string Log() => File.ReadAllText(_process.OutputFile) + File.ReadAllText(_process.ErrorFile);

    /// <summary>Waits until <c>/readyz</c> says so.</summary>
    public Task ReadyAsync() => _process.WaitUntilAsync("/readyz answers 200", IsReadyAsync);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _authority.Dispose();
        await _folder.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri("/readyz", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
