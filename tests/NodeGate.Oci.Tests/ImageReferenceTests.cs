namespace NodeGate.Oci.Tests;

public sealed class ImageReferenceTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Sha256 = "sha256:" + Hex;
    private const string Sha512 = "sha512:" + Hex + Hex;

    [Theory]
    // Docker Hub's short names.
    [InlineData("nginx", "docker.io/library/nginx:latest")]
    [InlineData("nginx:1.27", "docker.io/library/nginx:1.27")]
    [InlineData("org/app", "docker.io/org/app:latest")]
    [InlineData("org/team/app", "docker.io/org/team/app:latest")]
    [InlineData("library/nginx", "docker.io/library/nginx:latest")]
    [InlineData("docker.io/x", "docker.io/library/x:latest")]
    [InlineData("docker.io/org/x", "docker.io/org/x:latest")]
    [InlineData("index.docker.io/x", "docker.io/library/x:latest")]
    [InlineData("index.docker.io/org/x:1", "docker.io/org/x:1")]
    [InlineData("registry-1.docker.io/library/x", "registry-1.docker.io/library/x:latest")]
    [InlineData("index.docker.io:443/x", "index.docker.io:443/x:latest")]
    [InlineData("docker.io:443/x", "docker.io:443/x:latest")]
    [InlineData("Docker.io/x", "Docker.io/x:latest")]
    // What is a registry: a dot, a colon, localhost or an upper-case letter before the first slash.
    [InlineData("ghcr.io/org/app:v1", "ghcr.io/org/app:v1")]
    [InlineData("GHCR.io/org/app:v1", "GHCR.io/org/app:v1")]
    [InlineData("Foo/bar", "Foo/bar:latest")]
    [InlineData("LOCALHOST/x", "LOCALHOST/x:latest")]
    [InlineData("localhost/x", "localhost/x:latest")]
    [InlineData("localhost:5000/x", "localhost:5000/x:latest")]
    [InlineData("localhost", "docker.io/library/localhost:latest")]
    [InlineData("localhost:5000", "docker.io/library/localhost:5000")]
    [InlineData("ghcr.io", "docker.io/library/ghcr.io:latest")]
    [InlineData("ghcr.io:443", "docker.io/library/ghcr.io:443")]
    [InlineData("localhosts/x", "docker.io/localhosts/x:latest")]
    [InlineData("registry/x", "docker.io/registry/x:latest")]
    [InlineData("a/b.c/d", "docker.io/a/b.c/d:latest")]
    [InlineData("do__cker/docker", "docker.io/do__cker/docker:latest")]
    [InlineData("foo_bar.com", "docker.io/library/foo_bar.com:latest")]
    [InlineData("127.0.0.1:5000/a", "127.0.0.1:5000/a:latest")]
    [InlineData("10.0.0.1/a", "10.0.0.1/a:latest")]
    [InlineData("r:1/a", "r:1/a:latest")]
    [InlineData("r:65535/a", "r:65535/a:latest")]
    [InlineData("r:0443/a", "r:0443/a:latest")]
    [InlineData("[::1]/a", "[::1]/a:latest")]
    [InlineData("[::1]:5000/a/b:t", "[::1]:5000/a/b:t")]
    [InlineData("[2001:DB8::1]:5000/a", "[2001:DB8::1]:5000/a:latest")]
    [InlineData("xn--7o8h.com/a", "xn--7o8h.com/a:latest")]
    [InlineData("a-b.c--d.e/a", "a-b.c--d.e/a:latest")]
    // Separators in repositories.
    [InlineData("a.b/c", "a.b/c:latest")]
    [InlineData("a_b", "docker.io/library/a_b:latest")]
    [InlineData("a__b", "docker.io/library/a__b:latest")]
    [InlineData("a-b", "docker.io/library/a-b:latest")]
    [InlineData("a-----b", "docker.io/library/a-----b:latest")]
    [InlineData("r.io/project--id.module--name.ver---sion--name", "r.io/project--id.module--name.ver---sion--name:latest")]
    [InlineData("0/0", "docker.io/0/0:latest")]
    // Tags.
    [InlineData("a:_", "docker.io/library/a:_")]
    [InlineData("a:_.-", "docker.io/library/a:_.-")]
    [InlineData("a:A.b-C_0", "docker.io/library/a:A.b-C_0")]
    // Digests; with a tag the digest wins.
    [InlineData("a@" + Sha256, "docker.io/library/a@" + Sha256)]
    [InlineData("a@" + Sha512, "docker.io/library/a@" + Sha512)]
    [InlineData("r.io/a:tag@" + Sha256, "r.io/a@" + Sha256)]
    [InlineData("localhost:5000@" + Sha256, "docker.io/library/localhost@" + Sha256)]
    // In PullImage an ID with its algorithm is a repository "sha256" with a tag: ImageLookup has the other reading.
    [InlineData(Sha256, "docker.io/library/sha256:" + Hex)]
    [InlineData(Sha512, "docker.io/library/sha512:" + Hex + Hex)]
    [InlineData("r.io/" + Hex, "r.io/" + Hex + ":latest")]
    [InlineData("0123456789abcdef", "docker.io/library/0123456789abcdef:latest")]
    public void TryParse_ReferenceOfTheGrammar_IsNormalisedAsContainerdDoes(string text, string expected)
    {
        Assert.True(ImageReference.TryParse(text, out var reference, out var error), error);
        Assert.Equal(expected, reference.ToString());
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
        Assert.Equal(reference.Registry + "/" + reference.Repository, reference.Name);
        Assert.True(reference.Tag is null ^ reference.Digest is null);
    }

    [Theory]
    [InlineData("/", 0)]
    [InlineData("/a", 0)]
    [InlineData("//a", 0)]
    [InlineData("a/", 2)]
    [InlineData("a//b", 2)]
    [InlineData("r.io/", 5)]
    [InlineData("r.io//a", 5)]
    [InlineData("r.io/a/", 7)]
    [InlineData("docker.io/", 10)]
    [InlineData(":", 0)]
    [InlineData(":tag", 0)]
    [InlineData("@" + Sha256, 0)]
    [InlineData("-a", 0)]
    [InlineData("_a", 0)]
    [InlineData(".a", 0)]
    [InlineData("a-", 2)]
    [InlineData("a_", 2)]
    [InlineData("a.", 2)]
    [InlineData("a.-b", 2)]
    [InlineData("a._b", 2)]
    [InlineData("a..b", 2)]
    [InlineData("a___b", 3)]
    [InlineData("a-_b", 2)]
    [InlineData("a-/b", 2)]
    [InlineData("a/-b", 2)]
    [InlineData("a/../b", 2)]
    [InlineData("a b", 1)]
    [InlineData(" a", 0)]
    [InlineData("a\n", 1)]
    [InlineData("a\0", 1)]
    [InlineData("a%2fb", 1)]
    [InlineData("a\\b", 1)]
    [InlineData("https://r.io/a", 5)]
    [InlineData("Nginx", 0)]
    [InlineData("r.io/Org/app", 5)]
    [InlineData("r.io/org/aPp", 10)]
    [InlineData("é/a", 0)]
    [InlineData("a/é", 2)]
    [InlineData("r.io/\u212A", 5)]
    [InlineData("\u0410.io/a", 0)]
    // Registries.
    [InlineData("r:/a", 1)]
    [InlineData("r.io:/a", 4)]
    [InlineData("r:x/a", 1)]
    [InlineData("r:50 00/a", 1)]
    [InlineData("r:+80/a", 1)]
    [InlineData("r:0/a", 1)]
    [InlineData("r:44\0/a", 1)]
    [InlineData("r:65536/a", 1)]
    [InlineData("r:4294967376/a", 1)]
    [InlineData("r:80:80/a", 1)]
    [InlineData(":80/a", 0)]
    [InlineData(".io/a", 0)]
    [InlineData("r./a", 1)]
    [InlineData("r..io/a", 1)]
    [InlineData("-r.io/a", 0)]
    [InlineData("r-.io/a", 1)]
    [InlineData("r.-io/a", 2)]
    [InlineData("r.io-/a", 4)]
    [InlineData("r_x.io/a", 1)]
    [InlineData("u@r.io/a", 1)]
    [InlineData("u:p@r.io/a", 1)]
    [InlineData("::1/a", 0)]
    [InlineData("[::1/a", 0)]
    [InlineData("[]:80/a", 0)]
    [InlineData("]:80/a", 0)]
    [InlineData("[:]/a", 0)]
    [InlineData("[A]/a", 0)]
    [InlineData("[1234]:80/a", 0)]
    [InlineData("[fd00123123123]:80/a", 0)]
    [InlineData("[127.0.0.1]/a", 0)]
    [InlineData("[::ffff:127.0.0.1]/a", 0)]
    [InlineData("[fe80::1%eth0]/a", 0)]
    [InlineData("[::1]80/a", 5)]
    [InlineData("[::1]:/a", 5)]
    [InlineData("[::1]::80/a", 5)]
    [InlineData("[::1]", 0)]
    [InlineData("127.1/a", 0)]
    [InlineData("0x7f.1/a", 0)]
    [InlineData("010.0.0.1/a", 0)]
    [InlineData("2130706433:5000/a", 0)]
    // Tags and digests.
    [InlineData("a:", 2)]
    [InlineData("a:@" + Sha256, 2)]
    [InlineData("a:.x", 2)]
    [InlineData("a:-x", 2)]
    [InlineData("a:x+y", 3)]
    [InlineData("a:x:y", 3)]
    [InlineData("a:x\n", 3)]
    [InlineData("a:é", 2)]
    [InlineData("a@", 2)]
    [InlineData("a@sha256:", 2)]
    [InlineData("a@" + Sha256 + "0", 2)]
    [InlineData("a@" + Sha256 + "\n", 2)]
    [InlineData("a@" + Sha256 + ":t", 2)]
    [InlineData("a@" + Sha256 + "@" + Sha256, 2)]
    [InlineData("a@SHA256:" + Hex, 2)]
    [InlineData("a@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", 2)]
    [InlineData("a@sha384:" + Hex + "0123456789abcdef0123456789abcdef", 2)]
    [InlineData("a@md5:0123456789abcdef0123456789abcdef", 2)]
    [InlineData("a:t@x", 4)]
    [InlineData(Hex, 0)]
    public void TryParse_TextOutsideTheGrammar_IsRefusedWithThePosition(string text, int position)
    {
        Assert.False(ImageReference.TryParse(text, out var reference, out var error));
        Assert.Null(reference);
        Assert.Contains($"at position {position}: ", error, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => ImageReference.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void TryParse_Nothing_IsRefused(string? text)
    {
        Assert.False(ImageReference.TryParse(text, out _, out var error));
        Assert.Contains("empty", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_NameAtTheLimit_IsAccepted()
    {
        var repository = new string('a', OciLimits.MaxNameLength - "r.io/".Length);

        Assert.Equal(OciLimits.MaxNameLength, ImageReference.Parse("r.io/" + repository).Name.Length);
        Assert.False(ImageReference.TryParse("r.io/" + repository + "a", out _, out var error));
        Assert.Contains("at most 255", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_NameOverTheLimitOnlyWhenNormalised_IsRefused()
    {
        var repository = new string('a', OciLimits.MaxNameLength - "docker.io/library/".Length);

        Assert.Equal(OciLimits.MaxNameLength, ImageReference.Parse(repository).Name.Length);
        Assert.False(ImageReference.TryParse(repository + "a", out _, out _));
        Assert.False(ImageReference.TryParse("docker.io/" + repository + "a", out _, out _));
    }

    [Fact]
    public void TryParse_TagAtTheLimit_IsAccepted()
    {
        var tag = new string('t', OciLimits.MaxTagLength);

        Assert.Equal(tag, ImageReference.Parse("a:" + tag).Tag);
        Assert.False(ImageReference.TryParse("a:" + tag + "t", out _, out var error));
        Assert.Contains("at position 2: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_TextAtTheLengthLimit_IsStillRead()
    {
        Assert.False(ImageReference.TryParse(new string('a', OciLimits.MaxReferenceLength), out _, out var read));
        Assert.Contains("at position", read, StringComparison.Ordinal);
        Assert.False(ImageReference.TryParse(new string('a', OciLimits.MaxReferenceLength + 1), out _, out var unread));
        Assert.Contains("at most 1024", unread, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("-")]
    [InlineData("a-")]
    [InlineData("_")]
    [InlineData("a__")]
    [InlineData("a/")]
    [InlineData("a.")]
    [InlineData("[:")]
    [InlineData("0:")]
    [InlineData("@")]
    public void TryParse_HostileRepetition_IsBoundedByTheLimit(string piece)
    {
        // The work is bounded because at most 1024 characters are ever looked at: the answer to a million says so.
        var hostile = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length)) + "!";
        Assert.False(ImageReference.TryParse(hostile, out _, out var error));
        Assert.Contains("at most 1024", error, StringComparison.Ordinal);

        var atLimit = hostile[..(OciLimits.MaxReferenceLength - 1)] + "!";
        Assert.False(ImageReference.TryParse(atLimit, out _, out error));
        Assert.Contains("at position", error, StringComparison.Ordinal);
        Assert.True(error.Length < 500);
    }

    [Fact]
    public void TryParse_TextThatForgesLines_IsShownHarmless()
    {
        Assert.False(ImageReference.TryParse("a\r\nadmitted \u202E\u001b[2J\uD800", out _, out var error));
        Assert.Contains("'a??admitted ??[2J?'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app")]
    [InlineData("GHCR.io/org/app", "ghcr.io/org/app")]
    [InlineData("ghcr.io:443/org/app", "ghcr.io/org/app")]
    [InlineData("ghcr.io:000443/org/app", "ghcr.io/org/app")]
    [InlineData("ghcr.io:0444/org/app", "ghcr.io:444/org/app")]
    [InlineData("nginx", "docker.io/library/nginx")]
    [InlineData("Docker.io:443/library/nginx", "docker.io/library/nginx")]
    [InlineData("INDEX.docker.io/library/nginx", "docker.io/library/nginx")]
    [InlineData("registry-1.docker.io/library/nginx", "docker.io/library/nginx")]
    [InlineData("registry-1.docker.io:444/library/nginx", "registry-1.docker.io:444/library/nginx")]
    [InlineData("[0:0:0:0:0:0:0:1]:0443/a", "[::1]/a")]
    [InlineData("[2001:DB8::A]:5000/a", "[2001:db8::a]:5000/a")]
    [InlineData("[::ffff:7f00:1]:5000/a", "127.0.0.1:5000/a")]
    public void PolicyName_AnotherSpellingOfTheSameServer_IsOneName(string text, string expected) =>
        Assert.Equal(expected, ImageReference.Parse(text).PolicyName);

    [Fact]
    public void WithDigest_TaggedReference_HasTheDigestAlone()
    {
        var digest = Digest.Parse(Sha256);
        var pinned = ImageReference.Parse("r.io/a:tag").WithDigest(digest);

        Assert.Equal("r.io/a@" + Sha256, pinned.ToString());
        Assert.Null(pinned.Tag);
        Assert.Same(digest, pinned.Digest);
    }

    [Fact]
    public void Equals_ReferencesThatDifferInOnePart_AreDifferent()
    {
        string[] texts = ["a", "b", "a:x", "a@" + Sha256, "a@" + Sha512, "r.io/a", "R.io/a", "r.io:443/a", "r.io/library/a"];
        var references = texts.Select(ImageReference.Parse).ToArray();

        Assert.Equal(references.Length, references.Distinct().Count());
        Assert.Equal(ImageReference.Parse("a"), ImageReference.Parse("docker.io/library/a:latest"));
        Assert.Equal(ImageReference.Parse("a").GetHashCode(), ImageReference.Parse("index.docker.io/a").GetHashCode());
        Assert.False(references[0].Equals(null));
    }
}
