using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Strict;
using static NodeGate.Verification.Tests.Logs.LogSample;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>The log entry in a legacy layer's annotation, and each of its ties to the layer (verification.md section 1.2).</summary>
public sealed class LegacyLogEntryTests
{
    private static readonly string[] Kinds = ["hashedrekord", "dsse", "intoto"];

    public static TheoryData<string> AttestationKinds => [.. Kinds[1..]];

    [Fact]
    public void Verify_Signature_Verified()
    {
        Assert.Null(JudgeLegacy(Signature(), out var verified));

        Assert.Equal((VirtualSigstore.SigningTime, VirtualRekorV1.EarlierTrees + 3), (verified!.Time, verified.Index));
    }

    [Theory]
    [MemberData(nameof(AttestationKinds))]
    public void Verify_Attestation_Verified(string kind)
    {
        Assert.Null(JudgeLegacy(Attestation(V1.WithLog(l => l with { Kind = kind })), out var verified));

        Assert.Equal(VirtualSigstore.SigningTime, verified!.Time);
    }

    [Fact]
    public void Verify_SignatureAsRekord_Verified()
    {
        var options = V1.WithLog(l => l with { AlterBody = b => { b["kind"] = "rekord"; b.Child("spec").Child("signature")["format"] = "x509"; } });

        Assert.Null(JudgeLegacy(Signature(options), out _));
    }

    [Fact]
    public void Verify_AttestationAsInTotoV1_Verified()
    {
        Assert.Null(JudgeLegacy(Attestation(V1.WithLog(l => l with { Kind = "intoto", AlterBody = ToInTotoV1 })), out _));
    }

    [Fact]
    public void Verify_EntryOfAnotherPayload_Rejected() => AssertInvalid(
        JudgeLegacy(Signature(V1 with { AlterLogged = s => s with { Message = [1] } }), out _), StepNames.LogEntryBody, "about content with the hash");

    [Fact]
    public void Verify_EntryOfAnotherSignature_Rejected() => AssertInvalid(
        JudgeLegacy(Signature(V1 with { AlterLogged = s => s with { Signature = s.Key.Sign(s.Message) } }), out _),
        StepNames.LogEntryBody,
        "about another signature");

    [Fact]
    public void Verify_EntryWithAnotherCertificate_Rejected() => AssertInvalid(
        JudgeLegacy(
            Signature(V1 with { AlterLogged = s => s with { Certificate = World.Certificate(V1 with { Key = SigningKey.Create() }) } }), out _),
        StepNames.LogEntryBody,
        "with another certificate");

    [Fact]
    public void Verify_PromiseOfAnotherKey_Rejected() => AssertInvalid(
        JudgeLegacy(Signature(V1.WithLog(l => l with { PromiseKey = Sample.Key })), out _), StepNames.InclusionPromise, "the promise is not signed");

    [Fact]
    public void Verify_MessagesKindForAnAttestation_Rejected() => AssertInvalid(
        JudgeLegacy(Attestation(V1.WithLog(l => l with { Kind = "hashedrekord" })), out _), StepNames.LogEntryBody, "is not about a legacy Envelope");

    [Theory]
    [InlineData("dsse")]
    [InlineData("intoto")]
    [InlineData("intoto 0.0.1")]
    public void Verify_EntryOfAnotherEnvelopeOfThePayload_Rejected(string kind)
    {
        var options = V1.WithLog(l => l with
        {
            Kind = kind.Split(' ')[0],
            AlterBody = b =>
            {
                var spec = b.Child("spec");
                var hash = kind == "dsse" ? spec.Child("envelopeHash") : spec.Child("content").Child("hash");
                hash["value"] = Sample.OtherImage.Hex;
                if (kind == "intoto 0.0.1")
                {
                    ToInTotoV1(b);
                }
            },
        });

        AssertInvalid(JudgeLegacy(Attestation(options), out _), StepNames.LogEntryBody, "about an envelope with the hash SHA256");
    }

    [Fact]
    public void Verify_RekorV2Kind_Rejected()
    {
        // With the one body that it can have, and a promise by the log's key.
        var v2 = World.RekorV2.Record(
            new Testing.Sigstore.LoggedSignature { Signature = [], Message = [], Key = Sample.Key }, VirtualSigstore.SigningTime, LogOptions.Default);
        var rejected = JudgeLegacy(Signature(), out _, e => e with
        {
            Kind = "hashedrekord",
            KindVersion = "0.0.2",
            LogKeyId = Convert.FromBase64String((string)v2["logId"]!["keyId"]!),
        });

        AssertInvalid(rejected, StepNames.LogEntryBody, "its body is not the text");
    }

    [Theory]
    [InlineData("""{"SignedEntryTimestamp":"AAAA","Payload":{},"more":1}""", "$ has an unknown member 'more'")]
    [InlineData("""{"SignedEntryTimestamp":"AAAA","Payload":{"more":1}}""", "$.Payload has an unknown member 'more'")]
    [InlineData("""{"SignedEntryTimestamp":"AAAA"}""", "$ has no 'Payload'")]
    [InlineData("[]", "$ is not an object")]
    [InlineData("nothing", "not strict JSON")]
    public void Read_NoSuchEntry_Refused(string annotation, string detail) =>
        Assert.Contains(detail, Assert.Throws<EvidenceFormatException>(() => LegacyLogEntry.Read(annotation)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("C0D23D6AD406973F9559F3BA2D1CA01F84147D8FFC5B8445C224F98B9591801D")]
    [InlineData("c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801")]
    [InlineData("c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801g")]
    public void Read_LogIdThatIsNone_Refused(string logId)
    {
        var annotation = JsonNode.Parse(Signature().Annotations[VirtualSigstore.BundleAnnotation])!;
        annotation["Payload"]!["logID"] = logId;

        var refused = Assert.Throws<EvidenceFormatException>(() => LegacyLogEntry.Read(annotation.ToJsonString()));

        Assert.Contains("not 32 bytes in lower-case hexadecimal", refused.Message, StringComparison.Ordinal);
    }

    private static LegacySignature Signature(MintOptions? options = null) => World.LegacySignature(Sample.Repository, Sample.Image, options);

    private static LegacySignature Attestation(MintOptions? options = null) =>
        World.LegacyAttestation(Sample.Image, "https://example.com/scan/v1", new JsonObject(), options);

    /// <summary>What Rekor wrote before 0.0.2: the hash of the envelope, and the signer.</summary>
    private static void ToInTotoV1(JsonObject body)
    {
        var content = body.Child("spec").Child("content");
        var key = (string)content["envelope"]!["signatures"]![0]!["publicKey"]!;
        content.Remove("envelope");
        body["apiVersion"] = "0.0.1";
        body.Child("spec")["publicKey"] = key;
    }
}
