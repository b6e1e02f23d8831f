using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy.Wire.Http2;
using NodeGate.CriProxy.Wire.Listening;

namespace NodeGate.CriProxy.Tests.Wire;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class CriListenerTests : IAsyncLifetime
{
    private readonly WirePlace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Start_SocketFile_ModeIs0660AndItIsRemovedAtTheEnd()
    {
        var listener = _place.Start();
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(_place.SocketPath));
        await listener.DisposeAsync();
        Assert.False(File.Exists(_place.SocketPath));
    }

    [Fact]
    public async Task Start_StaleSocket_IsReplaced()
    {
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixPathEndPoint(new UnixDomainSocketEndPoint(_place.SocketPath)));
        }

        Assert.True(File.Exists(_place.SocketPath));
        _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        await client.ReadAsync(FrameType.Settings);
    }

    [Fact]
    public void Start_SocketInUse_IsRefused()
    {
        _place.Start();
        var error = Assert.Throws<ListenException>(() => SocketFile.Listen(_place.SocketPath, group: null, SocketFile.OwnerAndGroup));
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_place.SocketPath));
    }

    [Fact]
    public void Start_NotASocket_IsRefusedAndKept()
    {
        File.WriteAllText(_place.SocketPath, "mine");
        Assert.Contains("not a socket", Assert.Throws<ListenException>(() => SocketFile.Listen(_place.SocketPath, group: null, SocketFile.OwnerAndGroup)).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_place.SocketPath));
    }

    [Fact]
    public void Start_PathTooLong_SaysTheLimit()
    {
        var path = "/tmp/" + new string('x', SocketFile.MaxPathBytes - 4);
        Assert.Contains("at most 107", Assert.Throws<ListenException>(() => SocketFile.Listen(path, group: null, SocketFile.OwnerAndGroup)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_FolderThatIsNotThere_IsCreated()
    {
        var path = Path.Combine(Path.GetDirectoryName(_place.SocketPath)!, "run", "nodegate", "n.sock");
        SocketFile.Listen(path, group: null, SocketFile.OwnerAndGroup).Remove();
        Assert.True(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public void Start_FolderThatCannotBe_IsRefusedAndNamed()
    {
        var file = Path.Combine(Path.GetDirectoryName(_place.SocketPath)!, "file");
        File.WriteAllText(file, "");
        var error = Assert.Throws<ListenException>(() => SocketFile.Listen(Path.Combine(file, "n.sock"), group: null, SocketFile.OwnerAndGroup));
        Assert.Contains($"cannot create the folder {file}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_UnknownGroup_IsRefusedBeforeTheSocketExists()
    {
        Assert.Contains("no-such-group", Assert.Throws<ListenException>(() => SocketFile.Listen(_place.SocketPath, "no-such-group", SocketFile.OwnerAndGroup)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_place.SocketPath));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("root")]
    public void Start_Group_NameOrNumber(string group)
    {
        var file = SocketFile.Listen(_place.SocketPath, group, SocketFile.OwnerAndGroup);
        Assert.True(File.Exists(_place.SocketPath));
        file.Remove();
    }

    [Fact]
    public async Task Stop_FileOfAnother_IsKept()
    {
        var listener = _place.Start();
        File.Delete(_place.SocketPath);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixPathEndPoint(new UnixDomainSocketEndPoint(_place.SocketPath)));
        await listener.DisposeAsync();
        Assert.True(File.Exists(_place.SocketPath));
    }

    [Fact]
    public async Task Start_ListeningSocketGiven_ServesOnIt()
    {
        using var given = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        given.Bind(new UnixPathEndPoint(new UnixDomainSocketEndPoint(_place.SocketPath)));
        given.Listen();
        await using (CriListener.Start(new CriListenerOptions(_place.SocketPath, _place.UpstreamPath), given, new TestRouter(), TimeProvider.System, NullLogger.Instance))
        {
            using var client = await RawPeer.ConnectAsync(_place.SocketPath);
            await client.ReadAsync(FrameType.Settings);
        }

        Assert.True(File.Exists(_place.SocketPath));
    }

    [Fact]
    public async Task Drain_CallInFlight_FinishesThenCloses()
    {
        using var upstream = _place.ListenUpstream();
        var listener = _place.Start();
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream);
        await server.ReadCallFrameAsync();
        var draining = listener.DrainAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Equal(Http2ErrorCode.NoError, (await client.ReadAsync(FrameType.GoAway)).ErrorCode);
        Assert.False(draining.IsCompleted);
        Assert.False(File.Exists(_place.SocketPath));
        server.Headers(1, true, (":status", "200"), ("grpc-status", "0"));
        await server.FlushAsync();
        Assert.Contains("grpc-status: 0", client.Decode(await client.ReadCallFrameAsync()));
        await draining;
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task Drain_LimitPasses_RestIsAnsweredUnavailable()
    {
        using var upstream = _place.ListenUpstream();
        var time = new Testing.Time.FakeTimeProvider();
        var listener = _place.Start(time: time);
        using var client = await RawPeer.ConnectAsync(_place.SocketPath);
        client.Headers(1, true, RawPeer.Request("/t.S/M"));
        await client.FlushAsync();
        using var server = await RawPeer.AcceptAsync(upstream);
        await server.ReadCallFrameAsync();
        var draining = listener.DrainAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        await client.ReadAsync(FrameType.GoAway);
        while (!draining.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Contains("grpc-status: 14", client.Decode(await client.ReadCallFrameAsync()));
        Assert.Null(await client.ReadAsync());
    }
}
