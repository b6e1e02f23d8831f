using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Tests.Cri;

public sealed class PullImageCallTests
{
    [Fact]
    public void ToGateRequest_KubeletsRequest_CarriesImagePodAndCredentials()
    {
        var message = new PullImageRequest
        {
            Image = new ImageSpec { Image = "priv/app:1" },
            Auth = new AuthConfig { Username = "user", Password = "pass" },
            SandboxConfig = new PodSandboxConfig { Metadata = new PodSandboxMetadata { Name = "pod-1", Uid = "uid-1", Namespace = "prod" } },
        };

        var request = PullImageCall.Parse(message.ToByteArray()).ToGateRequest();

        Assert.Equal(
            ("priv/app:1", DecisionEvent.Pull, "prod", "pod-1", "uid-1", "user", "pass"),
            (request.Image, request.Event, request.Namespace, request.Pod, request.PodUid, request.Credential?.Username, request.Credential?.Password));
    }

    [Fact]
    public void Parse_EmptyMessage_IsAnEmptyImageWithoutPodOrCredentials() =>
        Assert.Equal(new PullImageCall("", null, null, null, null), PullImageCall.Parse(ReadOnlyMemory<byte>.Empty));

    [Fact]
    public void Parse_FieldsGivenTwice_AreMergedAsGoMergesThem()
    {
        var message = new WireBuilder()
            .Bytes(1, new WireBuilder().Text(1, "first:1").ToArray())
            .Bytes(3, Metadata(3, "first"))
            .Bytes(3, Metadata(1, "pod"))
            .Bytes(1, new WireBuilder().Text(1, "middle:1").Text(1, "last:1").ToArray())
            .Bytes(3, Metadata(3, "last"))
            .Bytes(1, [])
            .ToArray();

        var call = PullImageCall.Parse(message);

        Assert.Equal(("last:1", "last", "pod"), (call.Image, call.Namespace, call.Pod));
        static byte[] Metadata(int field, string value) => new WireBuilder().Bytes(1, new WireBuilder().Text(field, value).ToArray()).ToArray();
    }

    public static TheoryData<string, byte[]> Ambiguous => new()
    {
        { "image as a number", new WireBuilder().Tag(1, 0).Varint(1).ToArray() },
        { "image as a group", new WireBuilder().Tag(1, 3).Tag(1, 4).ToArray() },
        { "image name as a number", new WireBuilder().Bytes(1, new WireBuilder().Tag(1, 0).Varint(1).ToArray()).ToArray() },
        { "image name not UTF-8", new WireBuilder().Bytes(1, new WireBuilder().Bytes(1, [0x61, 0xFF]).ToArray()).ToArray() },
        { "half a surrogate pair", new WireBuilder().Bytes(1, new WireBuilder().Bytes(1, [0xED, 0xA0, 0x80]).ToArray()).ToArray() },
        { "namespace not UTF-8", Namespace([0xC0, 0x80]) },
        { "namespace as fixed32", new WireBuilder().Bytes(3, new WireBuilder().Bytes(1, new WireBuilder().Tag(3, 5).Raw(1, 2, 3, 4).ToArray()).ToArray()).ToArray() },
        { "metadata cut off", new WireBuilder().Bytes(3, new WireBuilder().Bytes(1, [0x1A, 0x05, 0x61]).ToArray()).ToArray() },
        { "password not UTF-8", new WireBuilder().Bytes(2, new WireBuilder().Text(1, "u").Bytes(2, [0xFF]).ToArray()).ToArray() },
        { "cut off", [0x0A, 0x7F] },
        { "tag above 32 bits", [0x8A, 0x80, 0x80, 0x80, 0x80, 0x01, 0] },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public void Parse_WhatRuntimesReadDifferently_IsRefused(string what, byte[] message) =>
        Assert.True(Assert.Throws<FormatException>(() => PullImageCall.Parse(message)).Message.Length > 0, what);

    [Fact]
    public void Parse_RegistryToken_IsIgnoredAsInContainerd() =>
        Assert.Null(PullImageCall.Parse(new WireBuilder().Bytes(2, new WireBuilder().Text(6, "token").ToArray()).ToArray()).Credential);

    private static byte[] Namespace(byte[] value) =>
        new WireBuilder().Bytes(3, new WireBuilder().Bytes(1, new WireBuilder().Bytes(3, value).ToArray()).ToArray()).ToArray();
}
