using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Tests;

public sealed class ImagePatternTests
{
    private const string Hex = "sha256:7031c1b283388d2c2e09b57badb803c05ebed362dc88d84b480cc47f72a21097";

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx")]
    [InlineData("nginx*", "docker.io/library/nginx*")]
    [InlineData("nginx:1.*", "docker.io/library/nginx:1.*")]
    [InlineData("nginx@" + Hex, "docker.io/library/nginx@" + Hex)]
    [InlineData("org/app", "docker.io/org/app")]
    [InlineData("org/**", "docker.io/org/**")]
    [InlineData("docker.io/nginx", "docker.io/library/nginx")]
    [InlineData("docker.io/*", "docker.io/library/*")]
    [InlineData("docker.io/**", "docker.io/**")]
    [InlineData("index.docker.io/nginx", "docker.io/library/nginx")]
    [InlineData("GHCR.io:443/org/app", "ghcr.io/org/app")]
    [InlineData("localhost/app", "localhost/app")]
    [InlineData("localhost:5000/app:v1", "localhost:5000/app:v1")]
    [InlineData("127.0.0.1:5000/**", "127.0.0.1:5000/**")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app")]
    [InlineData("*.example.com/**", "*.example.com/**")]
    [InlineData("*/org/app", "*/org/app")]
    [InlineData("**", "**")]
    [InlineData("**:latest", "**:latest")]
    [InlineData("**/nginx", "**/nginx")]
    [InlineData("**@" + Hex, "**@" + Hex)]
    public void TryParse_Pattern_IsNormalisedAsReferencesAre(string text, string expected)
    {
        Assert.True(ImagePatternParser.TryParse(text, out var pattern, out var error), error);
        Assert.Equal(expected, pattern.Text);
        Assert.True(ImagePatternParser.TryParse(pattern.Text, out var again, out error), error);
        Assert.Equal(pattern.Text, again.Text);
    }

    [Theory]
    [InlineData("", "1 to 512")]
    [InlineData("*", "'**' for every image")]
    [InlineData("nginx**", "docker.io/nginx**")]
    [InlineData("a/***", "within one path component")]
    [InlineData("^ghcr.io/org/.+$", "no regular expressions")]
    [InlineData("ghcr.io/(a|b)/c", "no regular expressions")]
    [InlineData("ghcr.io/org/[a-z]*", "lower-case letters")]
    [InlineData("https://ghcr.io/org/app", "without a scheme")]
    [InlineData("ghcr.io/Org/app", "lower-case letters")]
    [InlineData("ghcr.io/Org/*", "lower-case letters")]
    [InlineData("/app", "neither begins nor ends with '/'")]
    [InlineData("ghcr.io/org/", "neither begins nor ends with '/'")]
    [InlineData("ghcr.io//*", "neither begins nor ends with '/'")]
    [InlineData("ghcr.io/org/app@sha256:12", "exact digest")]
    [InlineData("ghcr.io/org/app@sha256:*", "exact digest")]
    [InlineData("app:v1@" + Hex, "not both")]
    [InlineData("app:", "tag pattern")]
    [InlineData("app:-x", "tag pattern")]
    [InlineData("app:**", "tag pattern")]
    [InlineData("app:v 1", "tag pattern")]
    [InlineData("ghcr.io:99999999/app", "registry before the first '/'")]
    [InlineData("gh_cr.*/app", "registry host")]
    [InlineData("ghcr.io/a..b", "a name that an image reference can have")]
    public void TryParse_Other_IsRefusedWithTheFix(string text, string expected)
    {
        Assert.False(ImagePatternParser.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nginx", "nginx", true)]
    [InlineData("nginx", "docker.io/library/nginx:1.27", true)]
    [InlineData("nginx", "nginx@" + Hex, true)]
    [InlineData("nginx", "evil.example/docker.io/library/nginx", false)]
    [InlineData("nginx", "nginx2", false)]
    [InlineData("docker.io/*", "org/app", false)]
    [InlineData("docker.io/**", "org/app", true)]
    [InlineData("ghcr.io/org/*", "ghcr.io/org/team/app", false)]
    [InlineData("ghcr.io/org/**", "ghcr.io/org/team/app", true)]
    [InlineData("ghcr.io/org/**", "ghcr.io/org", false)]
    [InlineData("ghcr.io/org/**", "ghcr.io/organisation/app", false)]
    [InlineData("ghcr.io/org/**", "GHCR.IO:443/org/app", true)]
    [InlineData("ghcr.io/org/**", "ghcr.io:8443/org/app", false)]
    [InlineData("*.example.com/**", "a.example.com/x", true)]
    [InlineData("*.example.com/**", "evil.com/a.example.com/x", false)]
    [InlineData("*.example.com/**", "example.com/x", false)]
    [InlineData("app:v1*", "app:v1.2", true)]
    [InlineData("app:v1*", "app:v2", false)]
    [InlineData("app:*", "app@" + Hex, false)]
    [InlineData("app:Latest", "app:latest", false)]
    [InlineData("**:latest", "ghcr.io/org/app", true)]
    [InlineData("**:latest", "ghcr.io/org/app:latest@" + Hex, false)]
    [InlineData("localhost:5000/app", "localhost:5000/app:v1", true)]
    public void Matches_Reference_IsAnchoredAndNormalised(string text, string reference, bool expected)
    {
        Assert.True(ImagePatternParser.TryParse(text, out var pattern, out var error), error);
        var parsed = Policies.Ref(reference);

        Assert.Equal(expected, pattern.Matches(parsed.PolicyName, parsed, null));
    }
}
