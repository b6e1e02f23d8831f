using System.Text.Json;
using NodeGate.Webhook.Reviews;
using NodeGate.Webhook.Tests.Reviews.Support;

namespace NodeGate.Webhook.Tests.Reviews;

public sealed class ImagePlacesTests
{
    [Fact]
    public void Find_PodSpecification_FindsEveryKindOfImage() => AssertImages(
        ["/spec/initContainers/0/image a", "/spec/containers/0/image b", "/spec/containers/2/image c", "/spec/ephemeralContainers/0/image d", "/spec/volumes/1/image/reference e"],
        """
        {"spec": {"volumes": [{"emptyDir": {}}, {"image": {"reference": "e"}}, {"image": {}}, {"image": null}],
                  "containers": [{"image": "b"}, {"image": ""}, {"image": "c"}, {}, {"image": null}, null],
                  "ephemeralContainers": [{"image": "d"}], "initContainers": [{"image": "a"}]},
         "image": "x", "status": {"containers": [{"image": "y"}]}}
        """,
        Pod);

    [Theory]
    [InlineData("""{"spec": {"containers": [{"image": 3}]}}""", "spec.containers[0].image: found a number, expected an image reference")]
    [InlineData("""{"spec": {"containers": [{"image": true}]}}""", "spec.containers[0].image: found a truth value, expected an image reference")]
    [InlineData("""{"spec": {"containers": [{"image": {"a": "b"}}]}}""", "spec.containers[0].image: found an object, expected an image reference")]
    [InlineData("""{"spec": {"containers": [{"image": ["a"]}]}}""", "spec.containers[0].image: found a list, expected an image reference")]
    [InlineData("""{"spec": {"containers": ["image"]}}""", "spec.containers[0]: found a text, expected an object that may have 'image'")]
    [InlineData("""{"spec": {"containers": "image"}}""", "spec.containers: found a text, expected a list")]
    [InlineData("""{"spec": {"containers": [[{"image": "a"}]]}}""", "spec.containers[0]: found a list, expected an object that may have 'image'")]
    [InlineData("""{"spec": [{"containers": []}]}""", "spec: found a list, expected a pod specification")]
    [InlineData("""{"spec": 3}""", "spec: found a number, expected a pod specification")]
    [InlineData("""{"spec": {"volumes": [{"image": "a"}]}}""", "spec.volumes[0].image: found a text, expected an object that may have 'reference'")]
    [InlineData("""{"spec": {"containers": [{"Image": "a"}]}}""", "spec.containers[0]: found a key that differs from 'image' only in case, expected 'image'")]
    [InlineData("""{"spec": {"containers": [{"image": "a", "IMAGE": "b"}]}}""", "spec.containers[0]: found a key that differs from 'image' only in case, expected 'image'")]
    [InlineData("""{"spec": {"Containers": []}}""", "spec: found a key that differs from 'containers' only in case, expected 'containers'")]
    [InlineData("""{"spec": {"container\u017f": []}}""", "spec: found a key that differs from 'containers' only in case, expected 'containers'")]
    [InlineData("""{"Spec": {}}""", "the object: found a key that differs from 'spec' only in case, expected 'spec'")]
    public void Find_WhatCannotBeRead_IsAFaultWithItsPlace(string text, string fault)
    {
        using var document = JsonDocument.Parse(text);

        var found = Assert.Single(ImagePlaces.Find(document.RootElement, [Pod]).Faults);

        Assert.Equal(fault, $"{found.Path}: {found.Problem}");
    }

    [Theory]
    [InlineData("$.a[*].image", """{"a": {"x": {"image": "1"}, "y/z": {"image": "2"}}}""", "/a/x/image 1|/a/y~1z/image 2")]
    [InlineData("$.a[1].image", """{"a": [{"image": "1"}, {"image": "2"}, {"image": "3"}]}""", "/a/1/image 2")]
    [InlineData("$.a[5]", """{"a": ["1"]}""", "")]
    [InlineData("$.a[*][*]", """{"a": [["1", "2"], {"~": "3"}]}""", "/a/0/0 1|/a/0/1 2|/a/1/~0 3")]
    [InlineData("$['a.b']", """{"a.b": "1", "a": {"b": "2"}}""", "/a.b 1")]
    [InlineData("$[*]", """{"0": "1"}""", "/0 1")]
    [InlineData("$.a", """{"b": 1}""", "")]
    [InlineData("$.a.b", """{"a": null}""", "")]
    public void Find_ConfiguredPath_FindsItsPlaces(string path, string text, string images) =>
        AssertImages(images.Split('|', StringSplitOptions.RemoveEmptyEntries), text, new ResourceImages("", "X", [], [ReviewFixture.Path(path)]));

    [Theory]
    [InlineData("$.a[0]", """{"a": {"0": "1"}}""", "a: found an object, expected a list")]
    [InlineData("$.a[*]", """{"a": 3}""", "a: found a number, expected a list")]
    [InlineData("$.a.b", """{"a": ["b"]}""", "a: found a list, expected an object that may have 'b'")]
    public void Find_ConfiguredPathThatMeetsSomethingElse_IsAFault(string path, string text, string fault)
    {
        using var document = JsonDocument.Parse(text);

        var found = Assert.Single(ImagePlaces.Find(document.RootElement, [new ResourceImages("", "X", [], [ReviewFixture.Path(path)])]).Faults);

        Assert.Equal(fault, $"{found.Path}: {found.Problem}");
    }

    [Fact]
    public void Find_PlacesBeyondTheLimit_AreNotLookedAt()
    {
        Assert.False(Find(WebhookLimits.MaxImagePlaces).IsTruncated);
        var truncated = Find(WebhookLimits.MaxImagePlaces + 1000);
        Assert.True(truncated.IsTruncated);
        Assert.Equal(WebhookLimits.MaxImagePlaces + 1, truncated.Images.Count);
    }

    [Fact]
    public void Find_PointerBeyondTheLimit_IsAFault()
    {
        var longest = new string('k', WebhookLimits.MaxPointerLength - "/a/".Length);
        Assert.Equal(WebhookLimits.MaxPointerLength, Assert.Single(FindKey(longest).Images).Path.ToPointer().Length);
        Assert.Empty(FindKey(longest).Faults);

        var beyond = FindKey(longest + "k");
        Assert.Empty(beyond.Images);
        Assert.Equal("a place whose pointer has 1025 characters; at most 1024 are read", Assert.Single(beyond.Faults).Problem);
        // An escape makes it longer as well.
        Assert.Single(FindKey(longest[2..] + "~").Images);
        Assert.Single(FindKey(longest[1..] + "/").Faults);
    }

    private static ResourceImages Pod { get; } = ResourceKinds.FindBuiltIn(new ObjectKind("", "v1", "Pod"))!;

    private static ImagePlaces Find(int count)
    {
        using var document = JsonDocument.Parse($$$"""{"spec": {"containers": [{{{string.Join(',', Enumerable.Repeat("""{"image": "a"}""", count))}}}]}}""");
        return ImagePlaces.Find(document.RootElement, [Pod]);
    }

    private static ImagePlaces FindKey(string key)
    {
        using var document = JsonDocument.Parse($$$"""{"a": {"{{{key}}}": "image"}}""");
        return ImagePlaces.Find(document.RootElement, [new ResourceImages("", "X", [], [ReviewFixture.Path("$.a[*]")])]);
    }

    private static void AssertImages(string[] expected, string text, ResourceImages resource)
    {
        using var document = JsonDocument.Parse(text);
        var places = ImagePlaces.Find(document.RootElement, [resource]);
        Assert.Empty(places.Faults);
        Assert.Equal(expected, places.Images.Select(p => $"{p.Path.ToPointer()} {p.Text}"));
        Assert.All(places.Images, p => Assert.Equal(p.Path.PointerLength, p.Path.ToPointer().Length));
    }
}
