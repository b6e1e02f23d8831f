using NodeGate.Registry.Auth;

namespace NodeGate.Registry.Tests.Auth;

public sealed class RealmRuleTests
{
    [Theory]
    [InlineData("https://registry-1.docker.io", "https://auth.docker.io/token")]
    [InlineData("https://registry.hub.docker.com", "https://auth.docker.io/token")]
    [InlineData("https://ghcr.io", "https://ghcr.io/token")]
    [InlineData("https://lscr.io", "https://ghcr.io/token")]
    [InlineData("https://quay.io", "https://quay.io/v2/auth")]
    [InlineData("https://registry.gitlab.com", "https://gitlab.com/jwt/auth")]
    [InlineData("https://team.azurecr.io", "https://team.azurecr.io/oauth2/token")]
    [InlineData("https://eu.gcr.io", "https://eu.gcr.io/v2/token")]
    [InlineData("https://public.ecr.aws", "https://public.ecr.aws/token/")]
    [InlineData("https://registry.corp.example.co.uk", "https://auth.example.co.uk/token")]
    [InlineData("https://registry.example:5000", "https://registry.example:5001/auth")]
    [InlineData("https://10.0.0.5:5000", "https://10.0.0.5:5001/auth")]
    [InlineData("http://10.0.0.5:5000", "http://10.0.0.5:5001/auth")]
    [InlineData("https://registry.cn-hangzhou.aliyuncs.com", "https://dockerauth.cn-hangzhou.aliyuncs.com/auth")]
    [InlineData("https://rg.fr-par.scw.cloud", "https://api.scaleway.com/registry-internal/v1/tokens")]
    [InlineData("https://REGISTRY.Example", "https://registry.example./token")]
    public void Judge_OwnTokenServer_IsOwn(string registry, string realm) => Assert.Equal(RealmVerdict.Own, Judge(registry, realm));

    [Theory]
    [InlineData("https://mirror.example", "https://auth.docker.io/token")]
    [InlineData("https://ghcr.io", "https://auth.docker.io/token")]
    [InlineData("https://team.azurecr.io", "https://evil.azurecr.io/oauth2/token")]
    [InlineData("https://a.example.co.uk", "https://evil.co.uk/token")]
    [InlineData("https://1.dkr.ecr.eu-west-1.amazonaws.com", "https://bucket.s3.amazonaws.com/token")]
    [InlineData("https://10.0.0.5:5000", "https://10.0.0.6:5001/auth")]
    [InlineData("https://registry", "https://auth/token")]
    [InlineData("https://docker.io.evil.example", "https://auth.docker.io/token")]
    [InlineData("https://a.github.io", "https://b.github.io/token")]
    [InlineData("https://reg.one.svc.cluster.local", "https://auth.two.svc.cluster.local/token")]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.2:5000/token")]
    public void Judge_TokenServerOfSomebodyElse_IsForeign(string registry, string realm) => Assert.Equal(RealmVerdict.Foreign, Judge(registry, realm));

    [Theory]
    [InlineData("https://registry.example", "http://registry.example/token")]
    [InlineData("https://registry.example", "/token")]
    [InlineData("https://registry.example", "token")]
    [InlineData("https://registry.example", "ftp://registry.example/token")]
    [InlineData("https://registry.example", "https://user:secret@registry.example/token")]
    [InlineData("https://registry.example", "https://registry.example/token#x")]
    [InlineData("https://registry.example", "https://127.0.0.1/token")]
    [InlineData("https://registry.example", "https://localhost/token")]
    [InlineData("https://registry.example", "https://169.254.169.254/token")]
    [InlineData("https://registry.example", "https://[fe80::1]/token")]
    [InlineData("https://registry.example", "https://[::ffff:127.0.0.1]/token")]
    [InlineData("https://registry.example", "https://0.0.0.0/token")]
    [InlineData("https://registry.example", "https://xn--\u00fc.com/token")]
    public void Judge_RealmThatIsNotFollowed_IsRefused(string registry, string realm) => Assert.Equal(RealmVerdict.Refused, Judge(registry, realm));

    [Fact]
    public void Judge_LongerThanTheLimit_IsRefused() =>
        Assert.Equal(RealmVerdict.Refused, Judge("https://r.example", "https://r.example/" + new string('a', RegistryLimits.MaxUrlLength)));

    private static RealmVerdict Judge(string registry, string realm) => RealmRule.Judge(new Uri(registry), realm, out _);
}
