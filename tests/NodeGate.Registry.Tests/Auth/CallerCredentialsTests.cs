using NodeGate.Oci;
using NodeGate.Registry.Auth;

namespace NodeGate.Registry.Tests.Auth;

public sealed class CallerCredentialsTests
{
    [Theory]
    [InlineData(null, "any.example", true)]
    [InlineData("", "any.example", true)]
    [InlineData("https://reg.example", "reg.example", true)]
    [InlineData("https://reg.example/v1/", "reg.example", true)]
    [InlineData("//reg.example:5000", "reg.example:5000", true)]
    [InlineData("https://reg.example", "mirror.example", false)]
    [InlineData("https://reg.example", "reg.example:5000", false)]
    [InlineData("https://reg.example:5000", "reg.example", false)]
    [InlineData("reg.example", "reg.example", false)]
    [InlineData("https://index.docker.io/v1/", "registry-1.docker.io", false)]
    [InlineData("https://x/?//reg.example", "reg.example", false)]
    public void For_ServerAddress_FollowsParseAuth(string? address, string host, bool expected)
    {
        var credentials = new CallerCredentials(new RegistryCredential { Username = "u", Password = "p", ServerAddress = address });

        Assert.Equal(expected, credentials.For(host, "repo") is not null);
    }

    [Fact]
    public void For_UserNameAndIdentityToken_TakesTheUserName()
    {
        var both = new CallerCredentials(new RegistryCredential { Username = "u", Password = "p", IdentityToken = "t" }).For("h", "r");
        var token = new CallerCredentials(new RegistryCredential { IdentityToken = "t" }).For("h", "r");
        var none = new CallerCredentials(new RegistryCredential { Password = "p" }).For("h", "r");

        Assert.False(both!.IsIdentityToken);
        Assert.True(token!.IsIdentityToken);
        Assert.Null(none);
        Assert.DoesNotContain("t", token.ToString()[^8..], StringComparison.Ordinal);
    }
}
