using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Host.Control;
using NodeGate.Host.Scanning;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;

namespace NodeGate.Host.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ControlServerTests : IAsyncLifetime
{
    private static readonly VerifyImageRequest Question = new("app:1", "sha256:" + new string('a', 64));
    private readonly TestFolder _folder = TestFolder.Create();

    private string SocketPath => _folder.At("n-control.sock");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _folder.DisposeAsync();

    [Theory]
    [InlineData("/run/nodegate/nodegate.sock", "/run/nodegate/nodegate-control.sock")]
    [InlineData("/run/x.d/sock", "/run/x.d/sock-control")]
    public void PathFor_Listen_IsBesideIt(string listen, string expected) => Assert.Equal(expected, ControlSocket.PathFor(listen));

    [Fact]
    public async Task StartAsync_Socket_IsRootsAloneAndGoneAtTheEnd()
    {
        await using (await StartAsync())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
        }

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task StartAsync_StaleFile_IsReplaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(_folder.At("stale.sock")));
            File.Move(_folder.At("stale.sock"), SocketPath);
        }

        await using var server = await StartAsync();
        using var client = new ControlClient(SocketPath);
        Assert.Equal("test", (await client.StatusAsync(CancellationToken.None)).Version);
    }

    [Fact]
    public async Task StartAsync_SocketInUse_IsRefusedAndLeavesTheOwnerAlone()
    {
        await using var owner = await StartAsync();
        var refused = await Assert.ThrowsAnyAsync<NodeGateException>(() => StartAsync());
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
        using var client = new ControlClient(SocketPath);
        Assert.Equal("test", (await client.StatusAsync(CancellationToken.None)).Version);
    }

    [Fact]
    public async Task VerifyImageAsync_Answer_ComesBackAsItWas()
    {
        VerifyImageRequest? asked = null;
        await using var server = await StartAsync(verify: (request, _) =>
        {
            asked = request;
            return Task.FromResult(new VerifyImageAnswer("Denied", "NoSignature", "no \"signature\"\nof app"));
        });
        using var client = new ControlClient(SocketPath);
        var answer = await client.VerifyImageAsync(Question, TimeSpan.FromSeconds(9), CancellationToken.None);
        Assert.Equal(Question, asked);
        Assert.Equal(new VerifyImageAnswer("Denied", "NoSignature", "no \"signature\"\nof app"), answer);
    }

    [Fact]
    public async Task VerifyImageAsync_DaemonThatTakesTooLong_IsGivenUp()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(verify: async (_, cancellationToken) =>
        {
            await using var told = cancellationToken.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("Never reached.");
        });
        using var client = new ControlClient(SocketPath);
        var late = await Assert.ThrowsAsync<ControlException>(
            () => client.VerifyImageAsync(Question, TimeSpan.FromMilliseconds(200), CancellationToken.None));
        Assert.Contains("did not answer within", late.Message, StringComparison.Ordinal);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task ScanAsync_Steps_ComeOneByOne()
    {
        var mayGoOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(scan: Scan);
        using var client = new ControlClient(SocketPath);
        var seen = new List<int>();
        await foreach (var step in client.ScanAsync(new ScanRequest(["prod"], FillLedger: true), CancellationToken.None))
        {
            seen.Add(step.Done);
            mayGoOn.TrySetResult();
        }

        Assert.Equal([0, 1], seen);

        async IAsyncEnumerable<ScanStep> Scan(ScanRequest request)
        {
            Assert.Equal(("prod", true), (Assert.Single(request.Namespaces), request.FillLedger));
            yield return new ScanStep(0, 1, "", []);
            await mayGoOn.Task;
            yield return new ScanStep(1, 1, "app", []);
        }
    }

    [Fact]
    public async Task ScanAsync_ContainerdAway_SaysSo()
    {
        await using var server = await StartAsync(scan: _ => throw new NodeGateException(DecisionReason.InternalError, "containerd did not answer"));
        using var client = new ControlClient(SocketPath);
        var refused = await Assert.ThrowsAsync<ControlException>(() => TakeAsync(client));
        Assert.Contains("containerd did not answer", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsDaemonAway);
    }

    [Fact]
    public async Task VerifyImageAsync_DaemonThatFails_AnswersWithoutTheCause()
    {
        await using var server = await StartAsync(verify: (_, _) => throw new InvalidOperationException("secret"));
        using var client = new ControlClient(SocketPath);
        var failed = await Assert.ThrowsAsync<ControlException>(() => client.VerifyImageAsync(Question, TimeSpan.FromSeconds(9), CancellationToken.None));
        Assert.Contains("NodeGate failed", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScanAsync_StreamThatEndsTooEarly_IsNotTakenForComplete()
    {
        await using var server = await StartAsync(scan: _ => Steps(new ScanStep(0, 2, "", []), new ScanStep(1, 2, "app", [])));
        using var client = new ControlClient(SocketPath);
        Assert.Contains("in the middle", (await Assert.ThrowsAsync<ControlException>(() => TakeAsync(client))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScanAsync_SecondAtTheSameTime_IsRefused()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(scan: Scan);
        using var client = new ControlClient(SocketPath);
        var first = TakeAsync(client);
        await running.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("Another scan", (await Assert.ThrowsAsync<ControlException>(() => TakeAsync(client))).Message, StringComparison.Ordinal);
        mayEnd.SetResult();
        await first;

        async IAsyncEnumerable<ScanStep> Scan(ScanRequest request)
        {
            yield return new ScanStep(0, 0, "", []);
            running.TrySetResult();
            await mayEnd.Task;
        }
    }

    [Fact]
    public async Task ScanAsync_MoreNamespacesThanTheLimit_IsRefused()
    {
        await using var server = await StartAsync();
        using var client = new ControlClient(SocketPath);
        var names = Enumerable.Range(0, ControlLimits.Namespaces + 1).Select(i => $"n{i}").ToArray();
        var refused = await Assert.ThrowsAsync<ControlException>(() => TakeAsync(client, names));
        Assert.Contains("at most 1024", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/other", "", 404)]
    [InlineData("GET", "/v1/verify-image", "", 404)]
    [InlineData("POST", "/v1/verify-image", "", 400)]
    [InlineData("POST", "/v1/verify-image", "null", 400)]
    [InlineData("POST", "/v1/verify-image", """{"name":"a"}""", 400)]
    [InlineData("POST", "/v1/verify-image", """{"name":"a","digest":null}""", 400)]
    [InlineData("POST", "/v1/verify-image", """{"name":"a","digest":"b","more":1}""", 400)]
    [InlineData("POST", "/v1/verify-image", """{"name":"a","name":"b","digest":"b"}""", 400)]
    public async Task AnswerAsync_RequestThatIsNotOne_IsRefused(string method, string path, string body, int expected) =>
        Assert.Equal(expected, await StatusOfAsync(method, path, body));

    [Fact]
    public async Task AnswerAsync_MoreThanTheLimits_IsRefused()
    {
        Assert.Equal(413, await StatusOfAsync("POST", "/v1/scan", new string(' ', ControlLimits.RequestBytes + 1)));
        Assert.Equal(414, await StatusOfAsync("GET", "/" + new string('a', ControlLimits.RequestLineBytes), ""));
        Assert.Equal(431, await StatusOfAsync("GET", "/v1/status", "", ("X-Long", new string('a', ControlLimits.HeaderBytes))));
        Assert.Equal(431, await StatusOfAsync("GET", "/v1/status", "", [.. Enumerable.Range(0, ControlLimits.Headers).Select(i => ($"X-{i}", "a"))]));
    }

    [Fact]
    public async Task StatusAsync_NoSocket_SaysThatTheDaemonIsNotRunning()
    {
        using var client = new ControlClient(_folder.At("none.sock"));
        var away = await Assert.ThrowsAsync<ControlException>(() => client.StatusAsync(CancellationToken.None));
        Assert.True(away.IsDaemonAway);
        Assert.Contains("not running", away.Message, StringComparison.Ordinal);
        Assert.Contains("--config", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusAsync_FileThatNobodyListensOn_SaysThatTheDaemonIsNotRunning()
    {
        using var client = new ControlClient(_folder.Write("dead.sock", ""));
        var away = await Assert.ThrowsAsync<ControlException>(() => client.StatusAsync(CancellationToken.None));
        Assert.True(away.IsDaemonAway);
        Assert.Contains("nobody listens", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusAsync_SomebodyElsesSocket_SaysThatItIsTheWrongOne()
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(SocketPath));
        other.Listen();
        using var client = new ControlClient(SocketPath);
        var asking = client.StatusAsync(CancellationToken.None);
        using (var connection = await other.AcceptAsync())
        {
            await connection.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
            var wrong = await Assert.ThrowsAsync<ControlException>(() => asking);
            Assert.False(wrong.IsDaemonAway);
            Assert.Contains("Something else than NodeGate", wrong.Message, StringComparison.Ordinal);
        }
    }

    private static async Task TakeAsync(ControlClient client, params string[] namespaces)
    {
        await foreach (var step in client.ScanAsync(new ScanRequest(namespaces, FillLedger: false), CancellationToken.None))
        {
            Assert.NotNull(step);
        }
    }

    private static async IAsyncEnumerable<ScanStep> Steps(params ScanStep[] steps)
    {
        await Task.Yield();
        foreach (var step in steps)
        {
            yield return step;
        }
    }

    private async Task<int> StatusOfAsync(string method, string path, string body, params (string Name, string Value)[] headers)
    {
        await using var server = await StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://localhost" + path);
        if (method == "POST")
        {
            request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private Task<ControlServer> StartAsync(
        Func<ScanRequest, IAsyncEnumerable<ScanStep>>? scan = null, Func<VerifyImageRequest, CancellationToken, Task<VerifyImageAnswer>>? verify = null) =>
        ControlServer.StartAsync(
            SocketPath,
            new ControlActions(
                _ => Task.FromResult(Statuses.Fine),
                (request, _) => scan?.Invoke(request) ?? Steps(),
                verify ?? ((_, _) => Task.FromResult(new VerifyImageAnswer("Admitted", "Verified", "")))),
            NullLogger<ControlServer>.Instance,
            CancellationToken.None);
}
