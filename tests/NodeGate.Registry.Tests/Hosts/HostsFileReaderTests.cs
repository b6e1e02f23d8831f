using System.Text;
using NodeGate.Registry.Hosts;
using NodeGate.Registry.Toml;

namespace NodeGate.Registry.Tests.Hosts;

public sealed class HostsFileReaderTests
{
    [Fact]
    public void Read_EveryKey_IsTakenAsContainerdTakesIt()
    {
        var hosts = Read(
            """
            server = "https://upstream.example"
            unknown = 1
            [host."https://second.example:8443/mirror/"]
              capabilities = ["pull", "Resolve"]
              ca = ["ca.pem", "/abs/ca.pem"]
              client = [["c.cert", "c.key"], "both.pem"]
              skip_verify = true
              dial_timeout = "1.5s"
              override_path = true
              [host."https://second.example:8443/mirror/".header]
                x-one = "1"
                x-two = ["2", "3"]
            [host."first.example"]
              client = "only.pem"
              ca = "one.pem"
            """);

        var second = hosts[0];
        Assert.Equal(("https", "second.example:8443", "/mirror"), (second.Scheme, second.Authority, second.Path));
        Assert.Equal(HostCapabilities.Pull | HostCapabilities.Resolve, second.Capabilities);
        Assert.Equal(["/dir/ca.pem", "/abs/ca.pem"], second.CaFiles.AsEnumerable());
        Assert.Equal([new ClientPair("/dir/c.cert", "/dir/c.key"), new ClientPair("/dir/both.pem", null)], second.ClientPairs.AsEnumerable());
        Assert.True(second.SkipVerify);
        Assert.Equal(TimeSpan.FromSeconds(1.5), second.DialTimeout);
        Assert.Equal([new("x-one", "1"), new("x-two", "2"), new("x-two", "3")], second.Headers.AsEnumerable());
        var first = hosts[1];
        Assert.Equal(("https", "first.example", "/v2", HostCapabilities.All), (first.Scheme, first.Authority, first.Path, first.Capabilities));
        Assert.Equal([new ClientPair("/dir/only.pem", null)], first.ClientPairs.AsEnumerable());
        Assert.Null(first.SkipVerify);
        Assert.Equal("upstream.example", hosts[2].Authority);
    }

    [Theory]
    [InlineData("https://h", false, "/v2")]
    [InlineData("https://h/", false, "/v2")]
    [InlineData("https://h", true, "")]
    [InlineData("https://h/", true, "")]
    [InlineData("https://h/v2", false, "/v2")]
    [InlineData("https://h/v2/", false, "/v2")]
    [InlineData("https://h/a//b/", false, "/a/b/v2")]
    [InlineData("https://h/a/b", true, "/a/b")]
    [InlineData("https://h/a/v2", false, "/a/v2")]
    [InlineData("http://h:5000", false, "/v2")]
    public void Read_Path_FollowsOverridePath(string url, bool overridePath, string path) =>
        Assert.Equal(path, Read($"[host.\"{url}\"]\noverride_path = {(overridePath ? "true" : "false")}")[0].Path);

    [Fact]
    public void Read_NoServer_EndsWithTheDefaultHostAndItsRootSettings()
    {
        var hosts = Read("ca = \"ca.pem\"\n[host.\"https://m\"]");

        Assert.Equal(2, hosts.Length);
        Assert.Null(hosts[1].Authority);
        Assert.Equal(["/dir/ca.pem"], hosts[1].CaFiles.AsEnumerable());
    }

    [Theory]
    [InlineData("capabilities = [\"pull\", \"fly\"]", 1)]
    [InlineData("capabilities = \"pull\"", 1)]
    [InlineData("[host.\"https://m\"]\nskip_verify = \"yes\"", 2)]
    [InlineData("ca = 1", 1)]
    [InlineData("client = [[\"a\", \"b\", \"c\"]]", 1)]
    [InlineData("client = [[\"a\"]]", 1)]
    [InlineData("dial_timeout = \"soon\"", 1)]
    [InlineData("dial_timeout = 10", 1)]
    [InlineData("server = \"https://\"", 1)]
    [InlineData("server = \"ftp://x\"", 1)]
    [InlineData("[host.\"\"]", 1)]
    [InlineData("[header]\n\"a b\" = \"x\"", 2)]
    [InlineData("[header]\nhost = \"x\"", 2)]
    [InlineData("[header]\na = \"x\\r\\nb: c\"", 2)]
    public void Read_UnusableValue_NamesTheLine(string text, int line) => Assert.Equal(line, Assert.Throws<TomlException>(() => Read(text)).Line);

    [Fact]
    public void Read_MoreHostsThanTheLimit_IsRefused()
    {
        var hosts = string.Join('\n', Enumerable.Range(0, RegistryLimits.MaxHosts).Select(i => $"[host.\"https://h{i}\"]"));

        Assert.Throws<TomlException>(() => Read(hosts));
    }

    [Theory]
    [InlineData("300ms", 0.3)]
    [InlineData("1m30s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("0", 0)]
    public void TryParse_GoDuration_GivesTime(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.2.3s")]
    [InlineData("1s ")]
    [InlineData("99999999999h")]
    public void TryParse_NoGoDuration_IsFalse(string text) => Assert.False(GoDuration.TryParse(text, out _));

    private static System.Collections.Immutable.ImmutableArray<HostConfig> Read(string text) =>
        new HostsFileReader(new TomlReader()).Read(Encoding.UTF8.GetBytes(text), "/dir");
}
