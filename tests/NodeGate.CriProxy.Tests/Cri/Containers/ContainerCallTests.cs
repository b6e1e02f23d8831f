using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Containers;
using NodeGate.CriProxy.Cri.Runtime;

namespace NodeGate.CriProxy.Tests.Cri.Containers;

public sealed class ContainerCallTests
{
    [Fact]
    public void ParseCreate_KubeletsRequest_HasEveryImageOnceInOrderAndThePod()
    {
        var config = Container("sha256:1", "app:1");
        config.Mounts.Add(new Mount());
        config.Mounts.Add(Volume("sha256:2", "data:1"));
        config.Mounts.Add(Volume("sha256:1", null));
        config.Mounts.Add(Volume("sha256:2", "data:1"));
        var request = new CreateContainerRequest { Config = config, SandboxConfig = Sandbox() };

        var call = ContainerCall.ParseCreate(request.ToByteArray());

        Assert.Equal(
            [new AskedImage("sha256:1", "app:1", false), new AskedImage("sha256:2", "data:1", true), new AskedImage("sha256:1", null, true)], call.Images.ToArray());
        Assert.Equal(("prod", "pod-1", "uid-1"), (call.Namespace, call.Pod, call.PodUid));
    }

    [Fact]
    public void ParseCreate_EmptyMessage_StillHasAnImageToJudge()
    {
        var call = ContainerCall.ParseCreate(ReadOnlyMemory<byte>.Empty);
        Assert.Equal(new AskedImage("", null, false), Assert.Single(call.Images));
        Assert.Equal((null, null, null), (call.Namespace, call.Pod, call.PodUid));
    }

    [Fact]
    public void ParseCreate_EmptyImageOfAMount_IsAVolumeToJudge()
    {
        var config = Container("a", null);
        config.Mounts.Add(new Mount { Image = new ContainerImageSpec() });
        Assert.Contains(new AskedImage("", null, true), ContainerCall.ParseCreate(new CreateContainerRequest { Config = config }.ToByteArray()).Images);
    }

    [Fact]
    public void ParseRestore_SeveralContainers_HasTheImagesOfAll()
    {
        var second = Container("b", null);
        second.Mounts.Add(Volume("c", null));
        var request = new RestorePodRequest { Config = Sandbox() };
        request.ContainerConfigs.Add(Container("a", "app"));
        request.ContainerConfigs.Add(second);

        var call = ContainerCall.ParseRestore(request.ToByteArray());

        Assert.Equal([new AskedImage("a", "app", false), new AskedImage("b", null, false), new AskedImage("c", null, true)], call.Images.ToArray());
        Assert.Equal("prod", call.Namespace);
    }

    [Fact]
    public void ParseCreate_ImagesAboveTheLimit_AreRefused()
    {
        var config = Container("a", null);
        config.Mounts.Add(Enumerable.Range(1, CriLimits.MaxImagesPerCall - 1).Select(number => Volume($"v{number}", null)));
        Assert.Equal(CriLimits.MaxImagesPerCall, ContainerCall.ParseCreate(new CreateContainerRequest { Config = config }.ToByteArray()).Images.Length);
        config.Mounts.Add(Volume("one more", null));
        Assert.Throws<FormatException>(() => ContainerCall.ParseCreate(new CreateContainerRequest { Config = config }.ToByteArray()));
    }

    public static TheoryData<string, byte[]> Ambiguous => new()
    {
        { "config twice", Nest(2, Nest(2, Text(1, "a")), 2, Nest(2, Text(1, "b"))) },
        { "image spec twice", Nest(2, [.. Nest(2, Text(1, "a")), .. Nest(2, Text(1, "b"))]) },
        { "image twice", Nest(2, Nest(2, [.. Text(1, "a"), .. Text(1, "b")])) },
        { "written twice", Nest(2, Nest(2, [.. Text(18, "a"), .. Text(18, "b")])) },
        { "sandbox twice", Nest(3, [], 3, []) },
        { "metadata twice", Nest(3, [.. Nest(1, []), .. Nest(1, [])]) },
        { "namespace twice", Nest(3, Nest(1, [.. Text(3, "a"), .. Text(3, "b")])) },
        { "volume's image twice", Nest(2, Nest(7, [.. Nest(9, Text(1, "a")), .. Nest(9, Text(1, "b"))])) },
        { "image as a number", Nest(2, Nest(2, new WireBuilder().Tag(1, 0).Varint(1).ToArray())) },
        { "image spec as a group", Nest(2, new WireBuilder().Tag(2, 3).Tag(2, 4).ToArray()) },
        { "mount as a number", Nest(2, new WireBuilder().Tag(7, 0).Varint(1).ToArray()) },
        { "image not UTF-8", Nest(2, Nest(2, new WireBuilder().Bytes(1, [0x61, 0xFF]).ToArray())) },
        { "written not UTF-8", Nest(2, Nest(2, new WireBuilder().Bytes(18, [0xC0, 0x80]).ToArray())) },
        { "volume not UTF-8", Nest(2, Nest(7, Nest(9, new WireBuilder().Bytes(1, [0xED, 0xA0, 0x80]).ToArray()))) },
        { "namespace not UTF-8", Nest(3, Nest(1, new WireBuilder().Bytes(3, [0xFF]).ToArray())) },
        { "mount cut off", Nest(2, [0x3A, 0x05, 0x4A]) },
        { "cut off", [0x12, 0x7F] },
        { "tag above 32 bits", [0x92, 0x80, 0x80, 0x80, 0x80, 0x01, 0] },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public void ParseCreate_WhatRuntimesReadDifferently_IsRefused(string what, byte[] message) =>
        Assert.True(Assert.Throws<FormatException>(() => ContainerCall.ParseCreate(message)).Message.Length > 0, what);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void ParseRestore_Malformed_IsRefused(int field) =>
        Assert.Throws<FormatException>(() => ContainerCall.ParseRestore(new WireBuilder().Tag(field, 0).Varint(1).ToArray()));

    private static ContainerConfig Container(string image, string? written) => new() { Image = Spec(image, written) };

    private static Mount Volume(string image, string? written) => new() { Image = Spec(image, written) };

    private static ContainerImageSpec Spec(string image, string? written) => new() { Image = image, UserSpecifiedImage = written ?? "" };

    private static PodSandboxConfig Sandbox() => new() { Metadata = new PodSandboxMetadata { Name = "pod-1", Uid = "uid-1", Namespace = "prod" } };

    private static byte[] Text(int field, string value) => new WireBuilder().Text(field, value).ToArray();

    private static byte[] Nest(int field, byte[] message) => new WireBuilder().Bytes(field, message).ToArray();

    private static byte[] Nest(int field, byte[] message, int second, byte[] other) => [.. Nest(field, message), .. Nest(second, other)];
}
