using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests;

public sealed class BundleStructureTests
{
    [Fact]
    public void Verify_UnknownMember_Rejected() =>
        AssertRejected(Verify(BundleWith(b => b["more"] = 1)), DecisionReason.SignatureInvalid, StepNames.Bundle);

    [Fact]
    public void Verify_TwoContents_Rejected() =>
        AssertRejected(
            Verify(BundleWith(b => b["messageSignature"] = Bundles.Message(Key, ImageBytes)["messageSignature"]!.DeepClone())),
            DecisionReason.SignatureInvalid,
            StepNames.Bundle);

    [Fact]
    public void Verify_NoContent_Rejected() =>
        AssertRejected(Verify(BundleWith(b => b.Remove("dsseEnvelope"))), DecisionReason.SignatureInvalid, StepNames.Bundle);

    [Theory]
    [InlineData("verificationMaterial")]
    [InlineData("mediaType")]
    public void Verify_MemberMissing_Rejected(string name) =>
        AssertRejected(Verify(BundleWith(b => b.Remove(name))), DecisionReason.SignatureInvalid, StepNames.Bundle);

    [Fact]
    public void Verify_MediaTypeThatIsNoText_Rejected() =>
        AssertRejected(Verify(BundleWith(b => b["mediaType"] = 3)), DecisionReason.SignatureInvalid, StepNames.Bundle);

    [Fact]
    public void Verify_BundleThatIsNoObject_Rejected() =>
        AssertRejected(Verify(Bundle("[]"u8.ToArray())), DecisionReason.SignatureInvalid, StepNames.Bundle);

    [Fact]
    public void Verify_UnknownMemberOfTheMaterial_Rejected() =>
        AssertRejected(Verify(BundleWith(b => b.Child("verificationMaterial")["more"] = 1)), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_UnknownMemberOfThePublicKey_Rejected() =>
        AssertRejected(
            Verify(BundleWith(b => b.Child("verificationMaterial").Child("publicKey")["rawBytes"] = "AA==")), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_KeyAndCertificate_Rejected() =>
        AssertRejected(
            Verify(BundleWith(b => b.Child("verificationMaterial")["certificate"] = new JsonObject { ["rawBytes"] = "MAA=" })),
            DecisionReason.CertificateInvalid,
            StepNames.Material);

    [Fact]
    public void Verify_NeitherKeyNorCertificate_Rejected() =>
        AssertRejected(
            Verify(BundleWith(b => b.Child("verificationMaterial").Remove("publicKey"))), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_KeyWithoutHint_Verified() =>
        AssertVerified(Verify(BundleWith(b => b.Child("verificationMaterial").Child("publicKey").Remove("hint"))));

    [Fact]
    public void Verify_ChainInVersion03_Rejected() =>
        AssertRejected(Verify(BundleWith(b => SetChain(b, "MAA="))), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_ChainInVersion02_IsReadAndThenNoKey() =>
        AssertRejected(Verify(BundleWith(b => SetChain(b, "MAA="), Bundles.V02)), DecisionReason.NoSignature, StepNames.KeyMaterial);

    [Fact]
    public void Verify_EmptyChain_Rejected() =>
        AssertRejected(Verify(BundleWith(b => SetChain(b), Bundles.V02)), DecisionReason.CertificateInvalid, StepNames.Material);

    [Fact]
    public void Verify_UnknownMemberOfTheEnvelope_Rejected() =>
        AssertRejected(Verify(BundleWith(b => b.Child("dsseEnvelope")["more"] = 1)), DecisionReason.SignatureInvalid, StepNames.Envelope);

    [Fact]
    public void Verify_UnknownMemberOfTheEnvelopesSignature_Rejected() =>
        AssertRejected(
            Verify(BundleWith(b => b.Child("dsseEnvelope")["signatures"]![0]!["cert"] = "x")), DecisionReason.SignatureInvalid, StepNames.Envelope);

    [Fact]
    public void Verify_KeyIdOfTheEnvelope_IsIgnored() =>
        AssertVerified(Verify(BundleWith(b => b.Child("dsseEnvelope")["signatures"]![0]!["keyid"] = "other")));

    [Theory]
    [InlineData("")]
    [InlineData("AAA")]
    [InlineData("AQJ=")]
    [InlineData("AQI\n")]
    [InlineData("AQ==\n")]
    [InlineData("_-8=")]
    public void Verify_SignatureThatIsNoBase64_Rejected(string text) =>
        AssertRejected(
            Verify(BundleWith(b => b.Child("dsseEnvelope")["signatures"]![0]!["sig"] = text)), DecisionReason.SignatureInvalid, StepNames.Envelope);

    [Fact]
    public void Verify_UnknownMemberOfTheMessage_Rejected() =>
        AssertRejected(Verify(MessageWith(b => b.Child("messageSignature")["more"] = 1)), DecisionReason.SignatureInvalid, StepNames.SignatureEncoding);

    [Fact]
    public void Verify_UnknownMemberOfTheMessageDigest_Rejected() =>
        AssertRejected(
            Verify(MessageWith(b => b.Child("messageSignature").Child("messageDigest")["more"] = 1)),
            DecisionReason.SignatureInvalid,
            StepNames.SignatureEncoding);

    [Theory]
    [InlineData(Bundles.V01)]
    [InlineData(Bundles.V02)]
    [InlineData(Bundles.V03)]
    public void Verify_LogEntryOfTheVersionsShape_Verified(string mediaType) => AssertVerified(Verify(WithEntry(_ => { }, mediaType)));

    [Fact]
    public void Verify_Version01WithoutPromise_Rejected() => AssertEntryRejected(e => e.Remove("inclusionPromise"), Bundles.V01);

    [Fact]
    public void Verify_Version01WithoutProof_Verified() => AssertVerified(Verify(WithEntry(e => e.Remove("inclusionProof"), Bundles.V01)));

    [Theory]
    [InlineData(Bundles.V02)]
    [InlineData(Bundles.V03Old)]
    [InlineData(Bundles.V03)]
    public void Verify_Version02AndLaterWithoutProof_Rejected(string mediaType) => AssertEntryRejected(e => e.Remove("inclusionProof"), mediaType);

    [Fact]
    public void Verify_ProofWithoutCheckpoint_Rejected() => AssertEntryRejected(e => e.Child("inclusionProof").Remove("checkpoint"));

    [Fact]
    public void Verify_ProofWithEmptyCheckpoint_Rejected() => AssertEntryRejected(e => e.Child("inclusionProof").Child("checkpoint")["envelope"] = "");

    [Fact]
    public void Verify_UnknownMemberOfALogEntry_Rejected() => AssertEntryRejected(e => e["more"] = 1);

    [Fact]
    public void Verify_UnknownMemberOfAProof_Rejected() => AssertEntryRejected(e => e.Child("inclusionProof")["more"] = 1);

    [Theory]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("\"-1\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"1\\u0000\"")]
    [InlineData("\"9223372036854775808\"")]
    [InlineData("1e3")]
    public void Verify_LogIndexThatIsNoCount_Rejected(string index) => AssertEntryRejected(e => e["logIndex"] = JsonNode.Parse(index));

    [Theory]
    [InlineData("logId")]
    [InlineData("kindVersion")]
    [InlineData("canonicalizedBody")]
    public void Verify_MemberOfALogEntryMissing_Rejected(string name) => AssertEntryRejected(e => e.Remove(name));

    [Fact]
    public void Verify_LogEntriesThatAreNoList_Rejected() =>
        AssertRejected(
            Verify(BundleWith(b => b.Child("verificationMaterial")["tlogEntries"] = new JsonObject())), DecisionReason.LogEntryInvalid, StepNames.LogEntries);

    [Fact]
    public void Verify_UnknownMemberOfTheTimestamps_Rejected() =>
        AssertRejected(
            Verify(BundleWith(b => b.Child("verificationMaterial")["timestampVerificationData"] = new JsonObject { ["more"] = 1 })),
            DecisionReason.TimestampInvalid,
            StepNames.Timestamps);

    [Fact]
    public void Verify_TimestampWithoutBytes_Rejected() =>
        AssertRejected(Verify(WithTimestamp("")), DecisionReason.TimestampInvalid, StepNames.Timestamps);

    [Fact]
    public void Verify_TimestampsNull_AreNone() =>
        AssertVerified(Verify(BundleWith(b => b.Child("verificationMaterial")["timestampVerificationData"] = null)));

    internal static JsonObject Entry() => new()
    {
        ["logIndex"] = "7",
        ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(new byte[32]) },
        ["kindVersion"] = new JsonObject { ["kind"] = "dsse", ["version"] = "0.0.1" },
        ["integratedTime"] = "1766077479",
        ["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = "MAA=" },
        ["inclusionProof"] = new JsonObject
        {
            ["logIndex"] = 5,
            ["rootHash"] = Convert.ToBase64String(new byte[32]),
            ["treeSize"] = "6",
            ["hashes"] = new JsonArray(Convert.ToBase64String(new byte[32])),
            ["checkpoint"] = new JsonObject { ["envelope"] = "log\n6\nAA==\n" },
        },
        ["canonicalizedBody"] = "e30=",
    };

    internal static BundleEvidence WithTimestamp(string text) =>
        BundleWith(b => b.Child("verificationMaterial")["timestampVerificationData"] = new JsonObject
        {
            ["rfc3161Timestamps"] = new JsonArray(new JsonObject { ["signedTimestamp"] = text }),
        });

    internal static BundleEvidence WithEntry(Action<JsonObject> change, string mediaType = Bundles.V03)
    {
        var entry = Entry();
        change(entry);
        return BundleWith(b => b.Child("verificationMaterial")["tlogEntries"] = new JsonArray(entry), mediaType);
    }

    private static void AssertEntryRejected(Action<JsonObject> change, string mediaType = Bundles.V03) =>
        AssertRejected(Verify(WithEntry(change, mediaType)), DecisionReason.LogEntryInvalid, StepNames.LogEntries);

    private static void SetChain(JsonObject bundle, params string[] certificates) =>
        bundle["verificationMaterial"] = new JsonObject
        {
            ["x509CertificateChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray([.. certificates.Select(c => new JsonObject { ["rawBytes"] = c })]),
            },
        };
}
