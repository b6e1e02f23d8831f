using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Runtime;

namespace NodeGate.CriProxy.Tests.Cri;

/// <summary>containerd's ParseAuth is the definition (cri.md section 3).</summary>
public sealed class AuthConfigReaderTests
{
    [Fact]
    public void Read_NoneOrEmpty_IsAnonymous()
    {
        Assert.Null(AuthConfigReader.Read(null));
        Assert.Null(AuthConfigReader.Read(new AuthConfig()));
        Assert.Null(AuthConfigReader.Read(new AuthConfig { Password = "alone" }));
    }

    [Fact]
    public void Read_UserAndPassword_WinOverEverythingElse() => AssertCredential(
        "user", "pass", null, null,
        new AuthConfig { Username = "user", Password = "pass", IdentityToken = "token", Auth = Encoded("other:other") });

    [Fact]
    public void Read_UserWithMalformedAuth_DoesNotLookAtAuth() =>
        AssertCredential("user", "", null, null, new AuthConfig { Username = "user", Auth = "%" });

    [Fact]
    public void Read_IdentityToken_WinsOverAuth() =>
        AssertCredential(null, null, "token", null, new AuthConfig { IdentityToken = "token", Auth = Encoded("other:other") });

    [Theory]
    [InlineData("user:pass", "user", "pass")]
    [InlineData("user:pa:ss", "user", "pa:ss")]
    [InlineData("user:", "user", "")]
    [InlineData("user:pass\0\0", "user", "pass")]
    [InlineData("üser:pässword", "üser", "pässword")]
    public void Read_Auth_IsUserAndPasswordInBase64(string pair, string user, string password) =>
        AssertCredential(user, password, null, null, new AuthConfig { Auth = Encoded(pair) });

    [Fact]
    public void Read_AuthWithoutUser_IsARefreshTokenAsInContainerd() =>
        AssertCredential(null, null, "token", null, new AuthConfig { Auth = Encoded(":token") });

    [Fact]
    public void Read_AuthWithLineBreaks_IsReadAsGoReadsIt() =>
        AssertCredential("user", "pass", null, null, new AuthConfig { Auth = "dXNl\r\ncjpw\nYXNz" });

    [Theory]
    [InlineData("c2VjcmV0")]
    [InlineData("secret:")]
    [InlineData("dXNlcjpwYXNz=")]
    [InlineData("/zp4")]
    public void Read_MalformedAuth_RefusesWithoutShowingIt(string auth)
    {
        var fault = Assert.Throws<FormatException>(() => AuthConfigReader.Read(new AuthConfig { Auth = auth }));
        Assert.Null(fault.InnerException);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(auth, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://registry.example:5000/v2/")]
    [InlineData("registry.example")]
    public void Read_ServerAddress_IsHandedOnAsWritten(string address)
    {
        AssertCredential("user", "pass", null, address, new AuthConfig { Username = "user", Password = "pass", ServerAddress = address });
        AssertCredential(null, null, "token", address, new AuthConfig { IdentityToken = "token", ServerAddress = address });
        AssertCredential("user", "pass", null, address, new AuthConfig { Auth = Encoded("user:pass"), ServerAddress = address });
    }

    private static string Encoded(string pair) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pair));

    private static void AssertCredential(string? user, string? password, string? token, string? server, AuthConfig auth)
    {
        var credential = AuthConfigReader.Read(auth);
        Assert.NotNull(credential);
        Assert.Equal((user, password, token, server), (credential.Username, credential.Password, credential.IdentityToken, credential.ServerAddress));
    }
}
