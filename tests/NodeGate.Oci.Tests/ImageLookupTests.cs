namespace NodeGate.Oci.Tests;

public sealed class ImageLookupTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("sha256:" + Hex, "sha256:" + Hex)]
    [InlineData("sha512:" + Hex + Hex, "sha512:" + Hex + Hex)]
    [InlineData(Hex, "sha256:" + Hex)]
    public void Of_CompleteId_IsAnIdAndNoReference(string text, string id)
    {
        var lookup = ImageLookup.Of(text);

        Assert.Equal(id, lookup.Id?.ToString());
        Assert.Null(lookup.Reference);
        Assert.Null(lookup.IdPrefix);
    }

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest", null)]
    [InlineData("r.io/a:t@sha256:" + Hex, "r.io/a@sha256:" + Hex, null)]
    [InlineData("abcdef", "docker.io/library/abcdef:latest", "abcdef")]
    [InlineData("sha256:abc", "docker.io/library/sha256:abc", "abc")]
    [InlineData("sha384:abc", "docker.io/library/sha384:abc", "abc")]
    [InlineData("sha256:ABC", "docker.io/library/sha256:ABC", null)]
    [InlineData(Hex + "0", "docker.io/library/" + Hex + "0:latest", Hex + "0")]
    public void Of_Reference_IsLookedForByNameAndThenAsTheBeginningOfAnId(string text, string reference, string? prefix)
    {
        var lookup = ImageLookup.Of(text);

        Assert.Null(lookup.Id);
        Assert.Equal(reference, lookup.Reference?.ToString());
        Assert.Equal(prefix, lookup.IdPrefix);
    }

    [Fact]
    public void Of_Sha384Id_IsNoReference()
    {
        // containerd takes it for an ID, so the repository "sha384" must not be judged in its place.
        var hex = string.Concat(Enumerable.Repeat("0123456789abcdef", 6));
        var lookup = ImageLookup.Of("sha384:" + hex);

        Assert.Null(lookup.Id);
        Assert.Null(lookup.Reference);
        Assert.Equal(hex, lookup.IdPrefix);
    }

    [Fact]
    public void Of_EmptyText_IsTheBeginningOfEveryId()
    {
        // containerd answers with the only image on the node, where there is only one.
        var lookup = ImageLookup.Of("");

        Assert.Null(lookup.Reference);
        Assert.Equal("", lookup.IdPrefix);
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("sha256:")]
    [InlineData("sha256:" + Hex + "\n")]
    public void Of_TextThatContainerdCannotFind_IsNothing(string text)
    {
        var lookup = ImageLookup.Of(text);

        Assert.Null(lookup.Id);
        Assert.Null(lookup.Reference);
        Assert.Null(lookup.IdPrefix);
    }

    [Fact]
    public void Of_MillionCharacters_IsNothing()
    {
        var lookup = ImageLookup.Of(new string('a', 1_000_000));

        Assert.Null(lookup.Reference);
        Assert.Null(lookup.IdPrefix);
    }
}
