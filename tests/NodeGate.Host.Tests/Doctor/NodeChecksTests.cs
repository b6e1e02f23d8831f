using System.Net.Sockets;
using System.Runtime.Versioning;
using NodeGate.Host.Doctor;
using NodeGate.Testing.RealParts;

namespace NodeGate.Host.Tests.Doctor;

[SupportedOSPlatform("linux")]
public sealed class NodeChecksTests : IAsyncLifetime
{
    private readonly TestFolder _folder = TestFolder.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _folder.DisposeAsync();

    [Fact]
    public void Socket_AbsentDeadOrOpenToOthers_Fails()
    {
        var path = _folder.At("n.sock");
        Assert.Equal(CheckOutcome.Failed, NodeChecks.Socket(path).Outcome);
        Assert.Equal(CheckOutcome.Failed, NodeChecks.Socket(_folder.Write("dead.sock", "")).Outcome);
        using var listening = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listening.Bind(new UnixDomainSocketEndPoint(path));
        listening.Listen();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Assert.Contains("0602", NodeChecks.Socket(path).Found, StringComparison.Ordinal);
        Assert.Equal(CheckOutcome.Failed, NodeChecks.Socket(path).Outcome);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        Assert.Equal(CheckOutcome.Ok, NodeChecks.Socket(path).Outcome);
    }

    [Fact]
    public void Folder_WritableAbsentOrNone_IsSaid()
    {
        Assert.Equal(CheckOutcome.Ok, NodeChecks.Folder("state folder", _folder.Folder("state")).Outcome);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.At("state")));
        Assert.Equal(CheckOutcome.Warning, NodeChecks.Folder("state folder", _folder.At("none")).Outcome);
        Assert.Equal(CheckOutcome.Failed, NodeChecks.Folder("state folder", "/proc/self").Outcome);
    }

    [Fact]
    public void Clock_BeforeTheNodesOwnFiles_Fails()
    {
        var file = _folder.Write("config.yaml", "");
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(file));
        Assert.Equal(CheckOutcome.Ok, NodeChecks.Clock(written, [file, "/nonexistent"]).Outcome);
        Assert.Equal(CheckOutcome.Failed, NodeChecks.Clock(written - TimeSpan.FromMinutes(2), [file]).Outcome);
        Assert.Equal(CheckOutcome.Ok, NodeChecks.Clock(written, []).Outcome);
    }

    [Fact]
    public void VerifierPlugin_AbsentOrNotExecutable_IsSaid()
    {
        Assert.Equal(CheckOutcome.Warning, NodeChecks.VerifierPlugin(_folder.At("bin")).Outcome);
        var file = _folder.Write("bin/nodegate-verifier", "#!/bin/sh\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Assert.Equal(CheckOutcome.Failed, NodeChecks.VerifierPlugin(_folder.At("bin")).Outcome);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(CheckOutcome.Ok, NodeChecks.VerifierPlugin(_folder.At("bin")).Outcome);
    }
}
