using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Tests.Kubernetes;

public sealed class KubernetesOptionsTests
{
    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("fd00::1", "6443", "https://[fd00::1]:6443/")]
    [InlineData("kubernetes.default.svc", "443", "https://kubernetes.default.svc/")]
    public void TryInCluster_Environment_IsTheServer(string host, string port, string expected)
    {
        Assert.True(KubernetesOptions.TryInCluster(host, port, "/mount", out var options, out _));

        Assert.Equal(expected, options.Server.AbsoluteUri);
        Assert.Equal("/mount/token", options.TokenFile);
        Assert.Equal("/mount/ca.crt", options.AuthorityFile);
    }

    [Theory]
    [InlineData(null, "443")]
    [InlineData("10.96.0.1", null)]
    [InlineData("", "")]
    public void TryInCluster_NoPod_IsSaid(string? host, string? port)
    {
        Assert.False(KubernetesOptions.TryInCluster(host, port, "/mount", out _, out var error));

        Assert.Contains("expected to run in a pod", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryAt_ProxyOnThisMachine_HasNeitherTokenNorAuthority()
    {
        Assert.True(KubernetesOptions.TryAt("http://127.0.0.1:8001", "/mount", out var options, out _));

        Assert.Null(options.TokenFile);
        Assert.Null(options.AuthorityFile);
    }

    [Theory]
    [InlineData("http://10.0.0.1:8001", "another machine")]
    [InlineData("ftp://127.0.0.1", "no address")]
    [InlineData("127.0.0.1:8001", "no address")]
    [InlineData("https://user:password@10.0.0.1", "no address")]
    [InlineData("https://10.0.0.1/?x=1", "no address")]
    [InlineData("https://10.0.0.1/#x", "no address")]
    public void TryAt_Other_IsRefused(string url, string expected)
    {
        Assert.False(KubernetesOptions.TryAt(url, "/mount", out _, out var error));

        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("password", error, StringComparison.Ordinal);
    }
}
