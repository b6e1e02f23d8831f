using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Logs.LogSample;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>Step <c>inclusionPromise</c>: the signed entry timestamp of Rekor v1, the only time that a log signs.</summary>
public sealed class InclusionPromiseTests
{
    private static readonly DateTimeOffset End = VirtualSigstore.SigningTime;

    [Fact]
    public void VerifyAll_PromiseOfAnotherKey_Rejected() =>
        AssertInvalidPromise(V1.WithLog(l => l with { PromiseKey = Sample.Key }));

    [Fact]
    public void VerifyAll_PromiseForAnotherBody_Rejected() =>
        AssertInvalidPromise(V1.WithLog(l => l with { AlterPromised = p => p with { Body = [1] } }));

    [Fact]
    public void VerifyAll_PromiseForAnotherTime_Rejected() =>
        AssertInvalidPromise(V1.WithLog(l => l with { AlterPromised = p => p with { IntegratedTime = p.IntegratedTime + 1 } }));

    [Fact]
    public void VerifyAll_PromiseForAnotherIndex_Rejected() =>
        AssertInvalidPromise(V1.WithLog(l => l with { AlterPromised = p => p with { LogIndex = p.LogIndex + 1 } }));

    [Fact]
    public void VerifyAll_PromiseForAnotherLog_Rejected() =>
        AssertInvalidPromise(V1.WithLog(l => l with { AlterPromised = p => p with { LogId = World.RekorV2.Id } }));

    [Fact]
    public void VerifyAll_PromiseAloneOfAnotherKey_Rejected() =>
        AssertInvalidPromise(MintOptions.V01.WithLog(l => l with { PromiseKey = Sample.Key }));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void VerifyAll_LogsKeyAtItsEnd_EndIncluded(int secondsBeyond, bool verified)
    {
        var bundle = Message(V1.WithLog(l => l with { IntegratedTime = End.AddSeconds(secondsBeyond) }));
        var trusted = World.TrustedRoot();
        trusted["tlogs"] = new JsonArray(World.RekorV1.TrustedEntry(VirtualSigstore.TrustedFrom, End));

        AssertWithin(bundle, RootOf(trusted), verified);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void VerifyAll_LogsKeyAtItsStart_StartIncluded(int secondsBeyond, bool verified) =>
        AssertWithin(Message(V1.WithLog(l => l with { IntegratedTime = VirtualSigstore.TrustedFrom.AddSeconds(secondsBeyond) })), Root, verified);

    [Fact]
    public void VerifyAll_TimeThatIsNone_Rejected()
    {
        const long time = long.MaxValue;
        var options = V1.WithEntry(e =>
        {
            var index = (string)e["logIndex"]!;
            var text = $"{{\"body\":\"{(string)e["canonicalizedBody"]!}\",\"integratedTime\":{time},\"logID\":\"{Convert.ToHexStringLower(World.RekorV1.Id)}\",\"logIndex\":{index}}}";
            e["integratedTime"] = time.ToString(CultureInfo.InvariantCulture);
            e.Child("inclusionPromise")["signedEntryTimestamp"] = Convert.ToBase64String(World.RekorV1.Key.Sign(Encoding.ASCII.GetBytes(text)));
        });

        AssertRejected(Message(options), StepNames.InclusionPromise, "time 9223372036854775807 is none");
    }

    [Fact]
    public void VerifyAll_PromiseOfRekorV2_Rejected()
    {
        var options = V2.WithEntry(e =>
        {
            var text = $"{{\"body\":\"{(string)e["canonicalizedBody"]!}\",\"integratedTime\":1748779200,\"logID\":\"{Convert.ToHexStringLower(World.RekorV2.Id)}\",\"logIndex\":3}}";
            e["integratedTime"] = "1748779200";
            e["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Convert.ToBase64String(World.RekorV2.Key.Sign(Encoding.ASCII.GetBytes(text))) };
        });

        AssertRejected(Message(options), StepNames.InclusionPromise, "which a Rekor v2 log does not give");
    }

    [Fact]
    public void VerifyAll_IntegratedTimeWithoutPromise_IsNoTime()
    {
        Assert.Null(AssertVerified(Message(V1.WithLog(l => l with { Promise = false }).WithEntry(e => e["integratedTime"] = "1748779200"))).Time);
        Assert.Null(AssertVerified(Message(V2.WithEntry(e => e["integratedTime"] = "1748779200"))).Time);
    }

    private static void AssertInvalidPromise(MintOptions options) =>
        AssertRejected(Message(options), StepNames.InclusionPromise, "the promise is not signed by the log's key");

    private static void AssertWithin(JsonObject bundle, TrustRoot root, bool verified)
    {
        if (verified)
        {
            AssertVerified(bundle, root);
        }
        else
        {
            AssertRejected(bundle, StepNames.InclusionPromise, "the log's key is good", root);
        }
    }
}
