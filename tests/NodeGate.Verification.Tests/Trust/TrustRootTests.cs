using System.Text;
using System.Text.Json.Nodes;

namespace NodeGate.Verification.Tests.Trust;

/// <summary><c>trusted_root.json</c>: what is read, and what is refused with its place.</summary>
public sealed class TrustRootTests
{
    [Theory]
    [InlineData("application/vnd.dev.sigstore.trustedroot+json;version=0.1")]
    [InlineData("application/vnd.dev.sigstore.trustedroot+json;version=0.2")]
    [InlineData("application/vnd.dev.sigstore.trustedroot.v0.1+json")]
    [InlineData("application/vnd.dev.sigstore.trustedroot.v0.2+json")]
    public void TryParse_KnownVersions_Read(string mediaType)
    {
        var root = Keyless.RootOf(Keyless.Virtual.TrustedRoot(mediaType));

        Assert.Equal(2, root.TransparencyLogs.Length);
        Assert.Single(root.CertificateLogs);
        Assert.Single(root.CertificateAuthorities);
        Assert.Single(root.TimestampAuthorities);
        Assert.Empty(root.Warnings);
        Assert.Null(root.Problem);
    }

    [Fact]
    public void TryParse_UnknownVersion_Refused() => AssertRefused(r => r["mediaType"] = "application/vnd.dev.sigstore.trustedroot.v0.9+json", "$.mediaType");

    [Fact]
    public void TryParse_LogWithoutStart_Refused() =>
        AssertRefused(r => First(r, "tlogs")["publicKey"]!.AsObject().Remove("validFor"), "$.tlogs[0].publicKey");

    [Fact]
    public void TryParse_CertificateLogWithoutStart_Read() =>
        Keyless.RootWith(r => First(r, "ctlogs")["publicKey"]!.AsObject().Remove("validFor"));

    [Fact]
    public void TryParse_OtherHash_Refused() => AssertRefused(r => First(r, "tlogs")["hashAlgorithm"] = "SHA2_512", "$.tlogs[0]");

    [Fact]
    public void TryParse_LogIdOfAnotherLength_Refused() => AssertRefused(r => First(r, "tlogs")["logId"]!["keyId"] = "AAAA", "$.tlogs[0].logId");

    [Fact]
    public void TryParse_CheckpointKeyIdOfAnotherLength_Refused() =>
        AssertRefused(r => First(r, "tlogs")["checkpointKeyId"] = new JsonObject { ["keyId"] = "AAAA" }, "$.tlogs[0].checkpointKeyId");

    /// <summary>An entry names its log by the one, a checkpoint its key by the other.</summary>
    [Fact]
    public void TryParse_CheckpointKeyId_NamesTheKeyOfCheckpointsOnly()
    {
        var root = Keyless.RootWith(r => First(r, "tlogs")["checkpointKeyId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(new byte[32]) });

        Assert.NotEqual(new byte[32], root.TransparencyLogs[0].KeyId);
        Assert.Equal(new byte[32], root.TransparencyLogs[0].CheckpointKeyId);
    }

    [Fact]
    public void TryParse_TimeThatIsNone_Refused() =>
        AssertRefused(r => First(r, "tlogs")["publicKey"]!["validFor"]!["start"] = "2025-01-01T00:00:00", "$.tlogs[0].publicKey.validFor.start");

    [Fact]
    public void TryParse_EmptyChain_Refused() =>
        AssertRefused(r => First(r, "certificateAuthorities")["certChain"]!["certificates"] = new JsonArray(), "$.certificateAuthorities[0]");

    [Fact]
    public void TryParse_KeyOfUnknownKind_LeftOutWithAWarning()
    {
        var root = Keyless.RootWith(r => First(r, "tlogs")["publicKey"]!["rawBytes"] = "MAA=");

        Assert.Single(root.TransparencyLogs);
        Assert.Contains("is left out", Assert.Single(root.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_NoCertificateLogCanBeRead_Refused() =>
        // Left out like a log among others, the trust root would look like one without certificate logs, which asks for no SCT.
        AssertRefused(r => First(r, "ctlogs")["publicKey"]!["rawBytes"] = "MAA=", "$.ctlogs");

    [Fact]
    public void TryParse_OneOfTwoCertificateLogsCanBeRead_LeftOutWithAWarning()
    {
        var root = Keyless.RootWith(r =>
        {
            var later = First(r, "ctlogs").DeepClone();
            later["publicKey"]!["rawBytes"] = "MAA=";
            r["ctlogs"]!.AsArray().Add(later);
        });

        Assert.Single(root.CertificateLogs);
        Assert.Single(root.Warnings);
    }

    [Fact]
    public void TryParse_MembersOfLaterVersions_Ignored() => Keyless.RootWith(r => First(r, "tlogs")["later"] = 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryParse_Size(int beyond)
    {
        var text = Keyless.Virtual.TrustedRoot().ToJsonString();
        var padded = Encoding.UTF8.GetBytes(text + new string(' ', VerificationLimits.MaxTrustRootBytes - text.Length + beyond));

        Assert.Equal(beyond == 0, TrustRoot.TryParse(padded, out _, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryParse_Members(int beyond)
    {
        var root = Keyless.Virtual.TrustedRoot();
        var logs = root["ctlogs"]!.AsArray();
        var log = logs[0]!;
        while (logs.Count < VerificationLimits.MaxTrustRootMembers + beyond)
        {
            logs.Add(log.DeepClone());
        }

        Assert.Equal(beyond == 0, TrustRoot.TryParse(Encoding.UTF8.GetBytes(root.ToJsonString()), out _, out _));
    }

    private static JsonObject First(JsonObject root, string name) => root[name]![0]!.AsObject();

    private static void AssertRefused(Action<JsonObject> change, string place)
    {
        var root = Keyless.Virtual.TrustedRoot();
        change(root);
        Assert.False(TrustRoot.TryParse(Encoding.UTF8.GetBytes(root.ToJsonString()), out _, out var error));
        Assert.Contains(place + " ", error, StringComparison.Ordinal);
    }
}
