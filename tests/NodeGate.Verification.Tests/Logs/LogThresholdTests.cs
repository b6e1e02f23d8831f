using System.Text.Json.Nodes;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Logs.LogSample;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>Step <c>logThreshold</c>: as many different voices as are asked for.</summary>
public sealed class LogThresholdTests
{
    [Fact]
    public void VerifyAll_TwoLogs_CountAsTwo()
    {
        Assert.Null(Judge(Message(V1 with { Logs = [World.RekorV1, World.RekorV2] }), out var verified, required: 2));

        Assert.Equal(2, verified.Length);
    }

    [Fact]
    public void VerifyAll_SameEntryTwice_Rejected() =>
        AssertRejected(Message(V1 with { Logs = [World.RekorV1, World.RekorV1] }), StepNames.LogThreshold, "the same entry of a log is there twice");

    [Fact]
    public void VerifyAll_TwoEntriesOfOneLog_CountAsOne() => AssertRejected(
        TwoEntries(V1.WithLog(l => l with { Before = 4 })), StepNames.LogThreshold, "2 logs of different operators have to have an entry", required: 2);

    [Fact]
    public void VerifyAll_TwoLogsOfOneOperator_CountAsOne()
    {
        var trusted = World.TrustedRoot();
        foreach (var log in trusted["tlogs"]!.AsArray())
        {
            log!["operator"] = "one.example";
        }

        AssertRejected(
            Message(V1 with { Logs = [World.RekorV1, World.RekorV2] }), StepNames.LogThreshold, "only 'one.example' did", RootOf(trusted), required: 2);
    }

    [Fact]
    public void VerifyAll_NoEntry_RejectedOnlyIfOneIsAskedFor()
    {
        var bundle = Message(V1 with { LogVersion = 0 });

        AssertRejected(bundle, StepNames.LogThreshold, "1 log has to have an entry for the signature; it came with none");
        Assert.Null(Judge(bundle, out var verified, required: 0));
        Assert.Empty(verified);
    }

    [Fact]
    public void VerifyAll_WrongEntryWhereNoneIsAskedFor_Rejected() => AssertRejected(
        Message(V1.WithLog(l => l with { PromiseKey = Sample.Key })), StepNames.InclusionPromise, "the promise is not signed", required: 0);

    private static JsonObject TwoEntries(MintOptions second)
    {
        var bundle = Message(V1);
        var added = World.RekorV1.Record(
            new LoggedSignature
            {
                Signature = Convert.FromBase64String((string)bundle["messageSignature"]!["signature"]!),
                Message = Sample.ImageBytes,
                Key = Sample.Key,
                Certificate = Convert.FromBase64String((string)bundle["verificationMaterial"]!["certificate"]!["rawBytes"]!),
            },
            VirtualSigstore.SigningTime,
            second.Log);
        bundle.Child("verificationMaterial")["tlogEntries"]!.AsArray().Add(added);
        return bundle;
    }
}
