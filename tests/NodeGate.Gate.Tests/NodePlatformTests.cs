using NodeGate.Oci;

namespace NodeGate.Gate.Tests;

/// <summary>The order of containerd/platforms, "Only".</summary>
public sealed class NodePlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "linux/arm64 linux/amd64", 1)]
    [InlineData("linux/amd64", "linux/386 linux/amd64/v1", 1)]
    [InlineData("linux/amd64", "linux/386 windows/amd64", 0)]
    [InlineData("linux/amd64", "linux/amd64/v2 linux/amd64", 1)]
    [InlineData("linux/amd64", "linux/amd64/v2 windows/amd64", -1)]
    [InlineData("linux/amd64/v3", "linux/amd64 linux/amd64/v2 linux/amd64/v4", 1)]
    [InlineData("linux/amd64", "linux/x86_64 linux/amd64", 0)]
    [InlineData("linux/amd64", "linux/amd64 linux/amd64", 0)]
    [InlineData("linux/arm64", "linux/arm/v7 linux/arm64/v8", 1)]
    [InlineData("linux/arm64", "linux/arm/v6 linux/arm/v7", 1)]
    [InlineData("linux/arm64", "linux/aarch64", 0)]
    [InlineData("linux/arm/v7", "linux/arm64 linux/arm/v6 linux/arm", 2)]
    [InlineData("linux/arm/v7", "linux/arm/v8", -1)]
    [InlineData("linux/arm/v7", "linux/armel linux/armhf", 1)]
    [InlineData("linux/s390x", "linux/amd64 linux/s390x", 1)]
    [InlineData("linux/amd64", "none linux/amd64", 1)]
    [InlineData("linux/amd64", "linux/arm64 none none", 1)]
    [InlineData("linux/amd64", "unknown/unknown", -1)]
    [InlineData("linux/amd64", "LINUX/AMD64", 0)]
    public void Choose_Entries_IsContainerdsFirst(string node, string entries, int expected)
    {
        var manifests = entries.Split(' ').Select((e, i) => new Descriptor(MediaTypes.OciManifest, Digest.Of(BitConverter.GetBytes(i)), 1) { Platform = Parse(e) });
        var index = new ImageIndex(MediaTypes.OciIndex, [.. manifests]);
        var chosen = NodePlatform.Choose(index, Parse(node)!);
        Assert.Equal(expected, chosen is null ? -1 : index.Manifests.IndexOf(chosen));
    }

    [Fact]
    public void Choose_NoEntries_IsNone() => Assert.Null(NodePlatform.Choose(new ImageIndex(MediaTypes.OciIndex, []), NodePlatform.Current));

    [Fact]
    public void Current_OfThisMachine_RunsItsOwnImages() => Assert.Equal("linux", NodePlatform.Current.Os);

    private static Platform? Parse(string text) => text.Split('/') switch
    {
        [var os, var architecture] => new Platform(architecture, os, null),
        [var os, var architecture, var variant] => new Platform(architecture, os, variant),
        _ => null,
    };
}
