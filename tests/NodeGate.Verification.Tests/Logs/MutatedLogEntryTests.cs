using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using static NodeGate.Verification.Tests.Logs.LogSample;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>Each byte of what a log signed, or signed with, changed: it never throws and never verifies.</summary>
[Trait("Category", "Property")]
public sealed class MutatedLogEntryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void VerifyAll_EachByteOfTheBodyChanged_Rejected(int version) =>
        AssertEach(version, "canonicalizedBody", entry => Bytes(entry["canonicalizedBody"]), (entry, bytes) => entry["canonicalizedBody"] = Convert.ToBase64String(bytes), step: 5);

    [Fact]
    public void VerifyAll_EachByteOfThePromiseChanged_Rejected() => AssertEach(
        1,
        "promise",
        entry => Bytes(entry["inclusionPromise"]!["signedEntryTimestamp"]),
        (entry, bytes) => entry["inclusionPromise"]!["signedEntryTimestamp"] = Convert.ToBase64String(bytes));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void VerifyAll_EachCharacterOfTheCheckpointChanged_Rejected(int version) => AssertEach(
        version,
        "checkpoint",
        entry => Encoding.UTF8.GetBytes((string)entry["inclusionProof"]!["checkpoint"]!["envelope"]!),
        (entry, bytes) => entry["inclusionProof"]!["checkpoint"]!["envelope"] = Encoding.UTF8.GetString(bytes));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void VerifyAll_EachByteOfAHashChanged_Rejected(int version) => AssertEach(
        version,
        "hash",
        entry => Bytes(entry["inclusionProof"]!["hashes"]![0]),
        (entry, bytes) => entry["inclusionProof"]!["hashes"]![0] = Convert.ToBase64String(bytes));

    private static void AssertEach(int version, string what, Func<JsonObject, byte[]> read, Action<JsonObject, byte[]> write, int step = 1)
    {
        var bundle = Message(V1 with { LogVersion = version });
        Assert.Null(Judge(bundle, out _, Root));
        var good = read(bundle.EntryOf());
        for (var i = 0; i < good.Length; i += step)
        {
            var changed = good.ToArray();
            changed[i] ^= (byte)(1 << (i % 8));
            write(bundle.EntryOf(), changed);

            var rejected = Judge(bundle, out var verified, Root);

            Assert.True(rejected is { Reason: DecisionReason.LogEntryInvalid }, $"{what} {i}: {rejected?.Reason.ToString() ?? "verified"}");
            Assert.True(verified.IsDefaultOrEmpty);
        }
    }

    private static byte[] Bytes(JsonNode? node) => Convert.FromBase64String((string)node!);
}
