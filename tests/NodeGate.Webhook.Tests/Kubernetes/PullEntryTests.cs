using NodeGate.Oci;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Tests.Kubernetes;

public sealed class PullEntryTests
{
    [Theory]
    [InlineData("ghcr.io", "ghcr.io/org/app", true)]
    [InlineData("https://ghcr.io", "ghcr.io/org/app", true)]
    [InlineData("http://ghcr.io/", "ghcr.io/org/app", true)]
    [InlineData("https://ghcr.io/v2/", "ghcr.io/org/app", true)]
    [InlineData("ghcr.io/org", "ghcr.io/org/app", true)]
    [InlineData("ghcr.io/org/app", "ghcr.io/org/app:1", true)]
    [InlineData("ghcr.io/org", "ghcr.io/organisation/app", true)] // the kubelet compares no components
    [InlineData("ghcr.io/org/app", "ghcr.io/org", false)]
    [InlineData("ghcr.io/other", "ghcr.io/org/app", false)]
    [InlineData("ghcr.io", "ghcr.io:8443/org/app", false)]
    [InlineData("ghcr.io:8443", "ghcr.io:8443/org/app", true)]
    [InlineData("ghcr.io:8443", "ghcr.io/org/app", false)]
    [InlineData("GHCR.io", "ghcr.io/org/app", false)]
    [InlineData("*.azurecr.io", "team.azurecr.io/app", true)]
    [InlineData("*.azurecr.io", "a.team.azurecr.io/app", false)]
    [InlineData("*.azurecr.io", "azurecr.io/app", false)]
    [InlineData("*.io", "evil.azurecr.io/app", false)]
    [InlineData("team*.azurecr.io", "team-a.azurecr.io/app", true)]
    [InlineData("t*m*a.azurecr.io", "team-x-team-a.azurecr.io/app", true)]
    [InlineData("t*m*b.azurecr.io", "team-x-team-a.azurecr.io/app", false)]
    [InlineData("*.*.azurecr.io", "a.team.azurecr.io/app", true)]
    [InlineData("*.azurecr.io/app", "team.azurecr.io/other", false)]
    [InlineData("[::1]:5000", "[::1]:5000/app", true)]
    [InlineData("docker.io", "nginx", true)]
    [InlineData("docker.io/library", "nginx", true)]
    [InlineData("*", "localhost/app", true)]
    [InlineData("*", "ghcr.io/org/app", false)]
    public void Covers_Image_IsAsTheKubeletHasIt(string key, string image, bool expected) =>
        Assert.Equal(expected, PullEntry.Create(key, new RegistryCredential())!.Covers(ImageReference.Parse(image)));

    [Theory]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("/path")]
    [InlineData("user@ghcr.io")]
    public void Create_NoAddress_IsNull(string key) => Assert.Null(PullEntry.Create(key, new RegistryCredential()));

    [Theory]
    [InlineData("https://index.docker.io/v1/", true)]
    [InlineData("index.docker.io", true)]
    [InlineData("https://index.docker.io/v2/", true)]
    [InlineData("https://index.docker.io/v1/team", false)]
    [InlineData("https://hub.docker.com", false)]
    public void IsForDockerHub_Key_IsTheHubsOwn(string key, bool expected) =>
        Assert.Equal(expected, PullEntry.Create(key, new RegistryCredential())!.IsForDockerHub);

    [Fact]
    public void Covers_ManyStars_IsQuick()
    {
        var entry = PullEntry.Create(string.Concat(Enumerable.Repeat("*a", 5000)) + "b", new RegistryCredential())!;

        Assert.False(entry.Covers(ImageReference.Parse(new string('a', 60) + ":5000/app")));
    }
}
