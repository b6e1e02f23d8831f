using NodeGate.Oci;
using NodeGate.Registry.Auth;
using NodeGate.Testing.Files;

namespace NodeGate.Registry.Tests.Auth;

public sealed class DockerConfigTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly Sources.ListLogger _log = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("registry-1.docker.io", "library/x", "hub")]
    [InlineData("ghcr.io", "other/x", "ghcr")]
    [InlineData("ghcr.io", "team/x", "team")]
    [InlineData("ghcr.io", "teamwork/x", "ghcr")]
    [InlineData("reg.example:5000", "x", "port")]
    [InlineData("reg.example", "x", null)]
    [InlineData("mirror.example", "x", null)]
    public void For_Host_TakesItsOwnEntryOnly(string host, string repository, string? user)
    {
        var config = Config(
            """
            {"auths":{
              "https://index.docker.io/v1/":{"auth":"aHViOnA="},
              "ghcr.io":{"username":"ghcr","password":"p"},
              "ghcr.io/team":{"username":"team","password":"p"},
              "https://reg.example:5000":{"auth":"cG9ydDpwOnE=","email":"x"}}}
            """);

        Assert.Equal(user, config.For(host, repository)?.Username);
    }

    [Fact]
    public void For_IdentityToken_WinsOverThePlaceholderUser()
    {
        var credential = Config("""{"auths":{"r.example":{"auth":"MDAwOg==","identitytoken":"t"}}}""").For("r.example", "x");

        Assert.True(credential!.IsIdentityToken);
    }

    [Fact]
    public void For_CredentialHelpers_AreNotRunAndSaidOnce()
    {
        var config = Config("""{"credsStore":"desktop","credHelpers":{"gcr.io":"gcloud"}}""");

        Assert.Null(config.For("gcr.io", "x"));
        Assert.Null(config.For("ghcr.io", "x"));

        Assert.Single(_log.Lines, line => line.Contains("desktop, gcr.io", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"auths":{"a":{"auth":"%%"}}}""")]
    [InlineData("""{"auths":{"a":{"auth":"bm9jb2xvbg=="}}}""")]
    [InlineData("""{"auths":{},"auths":{}}""")]
    public void For_UnusableFile_SaysSoWithoutItsContent(string json)
    {
        var e = Assert.Throws<ContentException>(() => Config(json).For("a", "x"));

        Assert.Equal(ContentFailure.Unauthorized, e.Failure);
        Assert.DoesNotContain("%%", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void For_LargerThanTheLimit_IsRefused() =>
        Assert.Throws<ContentException>(() => Config(new string(' ', RegistryLimits.MaxDockerConfigBytes + 1)).For("a", "x"));

    [Fact]
    public void For_MissingFile_IsAnonymous() => Assert.Null(new DockerConfig(_folder.At("none.json"), _log).For("a", "x"));

    [Fact]
    public void For_FileChanges_IsReadAgain()
    {
        var config = Config("""{"auths":{"a":{"username":"one","password":"p"}}}""");
        Assert.Equal("one", config.For("a", "x")!.Username);

        File.WriteAllText(_folder.At("config.json"), """{"auths":{"a":{"username":"second","password":"p"}}}""");

        Assert.Equal("second", config.For("a", "x")!.Username);
    }

    private DockerConfig Config(string json)
    {
        File.WriteAllText(_folder.At("config.json"), json);
        return new DockerConfig(_folder.At("config.json"), _log);
    }
}
