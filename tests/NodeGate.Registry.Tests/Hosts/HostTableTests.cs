using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Oci;
using NodeGate.Registry.Hosts;
using NodeGate.Registry.Http;
using NodeGate.Registry.Toml;
using NodeGate.Testing.Files;
using NodeGate.Testing.Registries;

namespace NodeGate.Registry.Tests.Hosts;

public sealed class HostTableTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _folder.Dispose();
        _certificates.Dispose();
    }

    [Theory]
    [InlineData("docker.io", "https", "registry-1.docker.io", false, false)]
    [InlineData("ghcr.io", "https", "ghcr.io", false, false)]
    [InlineData("registry.example:5000", "https", "registry.example:5000", false, false)]
    [InlineData("localhost", "https", "localhost", true, false)]
    [InlineData("localhost:443", "https", "localhost:443", true, false)]
    [InlineData("localhost:80", "http", "localhost:80", false, false)]
    [InlineData("localhost:5000", "https", "localhost:5000", true, true)]
    [InlineData("127.0.0.7:5000", "https", "127.0.0.7:5000", true, true)]
    [InlineData("[::1]:5000", "https", "[::1]:5000", true, true)]
    [InlineData("plain.example:5000", "http", "plain.example:5000", false, false)]
    public void For_NoConfiguration_GivesContainerdsDefault(string registry, string scheme, string authority, bool skipVerify, bool fallsBack)
    {
        var host = Assert.Single(Table().For(registry));

        Assert.Equal((scheme, authority, "/v2", skipVerify, fallsBack), (host.Scheme, host.Authority, host.Path, host.Tls.SkipVerify, host.FallsBackToHttp));
        Assert.Equal(HostCapabilities.All, host.Capabilities);
    }

    [Fact]
    public void For_SeveralFolders_TakesThemInContainerdsOrder()
    {
        Write("two/_default", "https://default-two");
        Assert.Equal("default-two", First("reg.example:5000"));
        Write("one/_default", "https://default-one");
        Assert.Equal("default-one", First("reg.example:5000"));
        Write("one/reg.example:5000", "https://exact");
        Assert.Equal("exact", First("reg.example:5000"));
        Write("one/reg.example_5000_", "https://underscored");
        Assert.Equal("underscored", First("reg.example:5000"));
    }

    [Fact]
    public void For_FileChanges_IsReadAgain()
    {
        Write("one/reg.example", "https://before");
        var table = Table();
        Assert.Equal("before", table.For("reg.example")[0].Authority);

        Write("one/reg.example", "https://after-wards");

        Assert.Equal("after-wards", table.For("reg.example")[0].Authority);
    }

    [Theory]
    [InlineData("not toml")]
    [InlineData("")]
    [InlineData("capabilities = [\"fly\"]")]
    public void For_UnusableFile_TakesDockersCertificateFiles(string toml)
    {
        var folder = Folder("one/reg.example");
        File.WriteAllText(Path.Combine(folder, "hosts.toml"), toml);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), _certificates.AuthorityPem);
        var (certificate, key) = _certificates.IssueClient("node");
        File.WriteAllText(Path.Combine(folder, "client.cert"), certificate);
        File.WriteAllText(Path.Combine(folder, "client.key"), key);

        var host = Assert.Single(Table().For("reg.example"));

        Assert.Equal("reg.example", host.Authority);
        Assert.Single(host.Tls.Authorities);
        Assert.True(Assert.Single(host.Tls.ClientCertificates).HasPrivateKey);
    }

    [Fact]
    public void For_HttpHostWithTlsSettings_TriesTlsFirstAsContainerd()
    {
        File.WriteAllText(Path.Combine(Folder("one/reg.example"), "hosts.toml"), "server = \"http://m:5000\"\nskip_verify = true");

        var host = Assert.Single(Table().For("reg.example"));

        Assert.True(host.FallsBackToHttp);
        Assert.Equal("https", host.Scheme);
    }

    [Fact]
    public void For_MissingCertificateFile_IsUnavailableNamingTheFile()
    {
        File.WriteAllText(Path.Combine(Folder("one/reg.example"), "hosts.toml"), "ca = \"gone.pem\"");

        var e = Assert.Throws<ContentException>(() => Table().For("reg.example"));

        Assert.Equal(ContentFailure.Unavailable, e.Failure);
        Assert.Contains("gone.pem", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void For_CertificateFileLargerThanTheLimit_IsRefused()
    {
        var folder = Folder("one/reg.example");
        File.WriteAllText(Path.Combine(folder, "hosts.toml"), "ca = \"big.pem\"");
        File.WriteAllText(Path.Combine(folder, "big.pem"), new string('x', RegistryLimits.MaxCertificateFileBytes + 1));

        Assert.Throws<ContentException>(() => Table().For("reg.example"));
    }

    [Fact]
    public void For_SameSettings_ShareOneSetup()
    {
        var table = Table();

        Assert.Same(table.For("a.example")[0].Tls, table.For("b.example")[0].Tls);
        Assert.NotEqual(table.For("a.example")[0].Tls.Key, table.For("localhost:5000")[0].Tls.Key);
    }

    [Theory]
    [InlineData("docker.io", "registry-1.docker.io", false)]
    [InlineData("docker.io", "mirror.example", true)]
    [InlineData("ghcr.io", "ghcr.io", false)]
    [InlineData("ghcr.io", "registry-1.docker.io", true)]
    public void IsProxyFor_OtherHost_IsTrue(string registry, string authority, bool expected)
    {
        var host = Table().For(authority)[0] with { Authority = authority };

        Assert.Equal(expected, host.IsProxyFor(registry));
    }

    private HostTable Table() => new(
        new CertsDirectory(_folder.At("one") + ":" + _folder.At("two"), new TomlReader(), NullLogger.Instance), new TlsSetups(), ImmutableArray.Create("plain.example:5000"));

    private string First(string registry) => Table().For(registry)[0].Authority;

    private string Folder(string name) => Directory.CreateDirectory(_folder.At(name)).FullName;

    private void Write(string name, string server) => File.WriteAllText(Path.Combine(Folder(name), "hosts.toml"), $"server = \"{server}\"");
}
