using System.Text;
using NodeGate.Webhook.Gatekeeper;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Tests.Gatekeeper;

public sealed class ProviderRequestReaderTests
{
    [Theory]
    [InlineData("externaldata.gatekeeper.sh/v1beta1")]
    [InlineData("externaldata.gatekeeper.sh/v1alpha1")]
    [InlineData("externaldata.gatekeeper.sh/v1")]
    public void Read_EachVersion_KeepsItAndEachKeyOnce(string version)
    {
        var request = Read($$"""{"apiVersion":"{{version}}","kind":"ProviderRequest","request":{"keys":["b","a","b",""]},"later":{"x":[1]} }""");

        Assert.Equal(version, request.ApiVersion);
        Assert.Equal("b|a|", string.Join('|', request.Keys));
    }

    [Theory]
    [InlineData("", "strict JSON")]
    [InlineData("[]", "apiVersion")]
    [InlineData("""{"apiVersion":"v2","kind":"ProviderRequest","request":{"keys":[]}}""", "apiVersion")]
    [InlineData("""{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderResponse","request":{"keys":[]}}""", "kind")]
    [InlineData("""{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderRequest"}""", "request.keys")]
    [InlineData("""{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderRequest","request":[]}""", "request.keys")]
    [InlineData("""{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderRequest","request":{"keys":"a"}}""", "request.keys")]
    [InlineData("""{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderRequest","request":{"keys":[1]}}""", "a number")]
    [InlineData("""{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderRequest","request":{"keys":["\ud800"]}}""", "surrogate")]
    [InlineData("""{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderRequest","request":{"keys":["a"],"keys":["b"]}}""", "strict JSON")]
    [InlineData("""{"apiVersion":"externaldata.gatekeeper.sh/v1","kind":"ProviderRequest","request":{"keys":["a"]}}{}""", "strict JSON")]
    public void Read_SomethingElse_SaysWhatIsWrong(string json, string part)
    {
        var e = Assert.Throws<ReviewFormatException>(() => Read(json));

        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WebhookLimits.MaxGatekeeperKeys, true)]
    [InlineData(WebhookLimits.MaxGatekeeperKeys + 1, false)]
    public void Read_ManyKeys_AreReadUpToTheLimit(int count, bool isRead)
    {
        var keys = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i}\""));
        var json = "{\"apiVersion\":\"externaldata.gatekeeper.sh/v1beta1\",\"kind\":\"ProviderRequest\",\"request\":{\"keys\":[" + keys + "]}}";

        if (isRead)
        {
            Assert.Equal(count, Read(json).Keys.Length);
        }
        else
        {
            Assert.Contains($"at most {WebhookLimits.MaxGatekeeperKeys}", Assert.Throws<ReviewFormatException>(() => Read(json)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("nginx", null, "nginx")]
    [InlineData("[prod]nginx", "prod", "nginx")]
    [InlineData("[prod-1][x]nginx", "prod-1", "[x]nginx")]
    [InlineData("[]nginx", null, "[]nginx")]
    [InlineData("[prod", null, "[prod")]
    [InlineData("[::1]:5000/app", null, "[::1]:5000/app")]
    [InlineData("[prod][::1]:5000/app", "prod", "[::1]:5000/app")]
    [InlineData("[Prod]nginx", null, "[Prod]nginx")]
    [InlineData("", null, "")]
    public void ProviderKeyOf_Text_IsSplit(string text, string? @namespace, string image)
    {
        var key = ProviderKey.Of(text);

        Assert.Equal(new ProviderKey(text, @namespace, image), key);
    }

    [Fact]
    public void Read_KeyBeyondTheLimit_IsRefused()
    {
        static string Question(int length) =>
            $$"""{"apiVersion": "externaldata.gatekeeper.sh/v1", "kind": "ProviderRequest", "request": {"keys": ["{{new string('a', length)}}"] } }""";
        Assert.Single(Read(Question(WebhookLimits.MaxImageBytes - 2)).Keys);

        var refusal = Assert.Throws<ReviewFormatException>(() => Read(Question(WebhookLimits.MaxImageBytes - 1)));
        Assert.Contains("at most 6144 bytes", refusal.Message, StringComparison.Ordinal);
    }

    private static ProviderRequest Read(string json) => ProviderRequestReader.Read(Encoding.UTF8.GetBytes(json));
}
