using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Wire.Listening;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Tests.Cri;

public sealed class SocketPathsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ng-paths-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Require_TwoSockets_AreAccepted() => SocketPaths.Require(At("a.sock"), At("b.sock"));

    [Theory]
    [InlineData("c.sock", "c.sock")]
    [InlineData("c.sock", "./x/../c.sock")]
    [InlineData("c.sock", "link/c.sock")]
    [InlineData("link/c.sock", "c.sock")]
    [InlineData("file.sock", "c.sock")]
    [InlineData("hard.sock", "target.sock")]
    public void Require_OneSocketUnderTwoNames_IsRefused(string listen, string upstream)
    {
        Directory.CreateDirectory(At("x"));
        Directory.CreateSymbolicLink(At("link"), _folder);
        File.CreateSymbolicLink(At("file.sock"), "c.sock");
        File.WriteAllText(At("target.sock"), "");
        System.Diagnostics.Process.Start("ln", [At("target.sock"), At("hard.sock")]).WaitForExit();

        var fault = Assert.Throws<NodeGateException>(() => SocketPaths.Require(At(listen), At(upstream)));
        Assert.Contains("are the same socket", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("relative.sock")]
    [InlineData("")]
    [InlineData("unix:///run/a.sock")]
    public void Require_RelativePath_IsRefusedByName(string path)
    {
        Assert.StartsWith("'listen' is '", Assert.Throws<NodeGateException>(() => SocketPaths.Require(path, "/a")).Message, StringComparison.Ordinal);
        Assert.StartsWith("'upstream' is '", Assert.Throws<NodeGateException>(() => SocketPaths.Require("/a", path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_PathAtTheLimit_IsAcceptedAndBeyondItRefused()
    {
        SocketPaths.Require("/" + new string('a', SocketFile.MaxPathBytes - 1), "/b");
        Assert.Throws<NodeGateException>(() => SocketPaths.Require("/" + new string('a', SocketFile.MaxPathBytes), "/b"));
    }

    [Fact]
    public void Require_LinksInACircle_AreRefused()
    {
        File.CreateSymbolicLink(At("one"), At("two"));
        File.CreateSymbolicLink(At("two"), At("one"));
        Assert.Throws<NodeGateException>(() => SocketPaths.Require(At("one/a.sock"), "/b"));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
