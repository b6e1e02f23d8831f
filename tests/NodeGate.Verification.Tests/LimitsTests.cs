using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests;

/// <summary>Each limit of <see cref="VerificationLimits"/>: what is at it is read, what is one beyond is refused by name.</summary>
public sealed class LimitsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_PayloadSize(int beyond)
    {
        var payload = LegacySignature.PayloadFor(Repository, Image);
        payload = payload.PadRight(VerificationLimits.MaxPayloadBytes + beyond);

        AssertLimit(LegacyWithPayload(payload), beyond, StepNames.Content);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_BundleSize(int beyond)
    {
        var bundle = Encoding.UTF8.GetString(Bundles.ToBytes(Bundles.Signature(Key, Image))).PadRight(VerificationLimits.MaxBundleBytes + beyond);

        AssertLimit(Bundle(Encoding.UTF8.GetBytes(bundle)), beyond, StepNames.Content);
    }

    [Fact]
    public void Verify_LegacySignatureSize()
    {
        AssertSignature(VerificationLimits.MaxSignatureBytes, DecisionReason.SignatureInvalid, StepNames.Signature);
        AssertSignature(VerificationLimits.MaxSignatureBytes + 1, DecisionReason.LimitExceeded, StepNames.SignatureEncoding);

        static void AssertSignature(int size, DecisionReason reason, string step)
        {
            var good = GoodLegacy();
            var evidence = good with
            {
                Annotations = good.Annotations.SetItem(LegacySignature.SignatureAnnotation, Convert.ToBase64String(new byte[size])),
            };
            AssertRejected(Verify(evidence), reason, step);
        }
    }

    [Fact]
    public void Verify_BundleSignatureSize()
    {
        AssertRejected(Verify(WithSignature(VerificationLimits.MaxSignatureBytes)), DecisionReason.SignatureInvalid, StepNames.Signature);
        AssertRejected(Verify(WithSignature(VerificationLimits.MaxSignatureBytes + 1)), DecisionReason.LimitExceeded, StepNames.Envelope);

        static BundleEvidence WithSignature(int size) =>
            BundleWith(b => b.Child("dsseEnvelope")["signatures"]![0]!["sig"] = Convert.ToBase64String(new byte[size]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_JsonDepth(int beyond)
    {
        // The document and its "predicate" are two of the levels.
        var levels = VerificationLimits.MaxJsonDepth - 1 + beyond;
        var deep = new string('[', levels) + new string(']', levels);

        AssertLimit(BundleWithStatement(s => s["predicate"] = JsonNode.Parse(deep)), beyond, StepNames.Payload);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_LegacyAnnotations(int beyond) =>
        AssertLimit(
            GoodLegacy(Enumerable.Range(0, VerificationLimits.MaxAnnotations + beyond).Select(i => KeyValuePair.Create($"k{i}", "v"))),
            beyond,
            StepNames.Payload);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_SubjectAnnotations(int beyond) =>
        AssertLimit(
            Bundle(Bundles.Signature(
                Key, Image, Enumerable.Range(0, VerificationLimits.MaxAnnotations + beyond).Select(i => KeyValuePair.Create($"k{i}", "v")))),
            beyond,
            StepNames.Payload);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_Subjects(int beyond) =>
        AssertLimit(
            BundleWithStatement(s =>
            {
                for (var i = 1; i < VerificationLimits.MaxSubjects + beyond; i++)
                {
                    s["subject"]!.AsArray().Add(new JsonObject { ["digest"] = new JsonObject { ["sha256"] = OtherImage.Hex } });
                }
            }),
            beyond,
            StepNames.Payload);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_DigestsOfASubject(int beyond) =>
        AssertLimit(
            BundleWithStatement(s =>
            {
                for (var i = 1; i < VerificationLimits.MaxDigestsPerSubject + beyond; i++)
                {
                    s["subject"]![0]!["digest"]![$"alg{i}"] = "00";
                }
            }),
            beyond,
            StepNames.Payload);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_LogEntries(int beyond) =>
        AssertLimit(
            BundleWith(b => b.Child("verificationMaterial")["tlogEntries"] =
                new JsonArray([.. Enumerable.Range(0, VerificationLimits.MaxLogEntries + beyond).Select(_ => BundleStructureTests.Entry())])),
            beyond,
            StepNames.LogEntries);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_ProofHashes(int beyond) =>
        AssertLimit(
            BundleStructureTests.WithEntry(e => e.Child("inclusionProof")["hashes"] = new JsonArray(
                [.. Enumerable.Range(0, VerificationLimits.MaxProofHashes + beyond).Select(_ => JsonValue.Create(Convert.ToBase64String(new byte[32])))])),
            beyond,
            StepNames.LogEntries);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_Checkpoint(int beyond) =>
        AssertLimit(
            BundleStructureTests.WithEntry(e =>
                e.Child("inclusionProof").Child("checkpoint")["envelope"] = new string('x', VerificationLimits.MaxCheckpointBytes + beyond)),
            beyond,
            StepNames.LogEntries);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_Timestamps(int beyond) =>
        AssertLimit(
            BundleWith(b => b.Child("verificationMaterial")["timestampVerificationData"] = new JsonObject
            {
                ["rfc3161Timestamps"] = new JsonArray(
                    [.. Enumerable.Range(0, VerificationLimits.MaxTimestamps + beyond).Select(_ => new JsonObject { ["signedTimestamp"] = "MAA=" })]),
            }),
            beyond,
            StepNames.Timestamps);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Verify_TimestampSize(int beyond) =>
        AssertLimit(
            BundleStructureTests.WithTimestamp(Convert.ToBase64String(new byte[VerificationLimits.MaxTimestampBytes + beyond])), beyond, StepNames.Timestamps);

    [Fact]
    public void Verify_Certificates()
    {
        AssertRejected(Verify(WithChain(VerificationLimits.MaxCertificates, 2)), DecisionReason.NoSignature, StepNames.KeyMaterial);
        AssertRejected(Verify(WithChain(VerificationLimits.MaxCertificates + 1, 2)), DecisionReason.LimitExceeded, StepNames.Material);
        AssertRejected(Verify(WithChain(1, VerificationLimits.MaxCertificateBytes)), DecisionReason.NoSignature, StepNames.KeyMaterial);
        AssertRejected(Verify(WithChain(1, VerificationLimits.MaxCertificateBytes + 1)), DecisionReason.LimitExceeded, StepNames.Material);

        static BundleEvidence WithChain(int count, int size) => BundleWith(
            b => b["verificationMaterial"] = new JsonObject
            {
                ["x509CertificateChain"] = new JsonObject
                {
                    ["certificates"] = new JsonArray(
                        [.. Enumerable.Range(0, count).Select(_ => new JsonObject { ["rawBytes"] = Convert.ToBase64String(new byte[size]) })]),
                },
            },
            Bundles.V02);
    }

    [Fact]
    public void TryParse_KeyFileSize()
    {
        var padded = Key.PublicPem.PadRight(VerificationLimits.MaxKeyBytes, '\n');

        Assert.True(PublicKey.TryParse(Encoding.UTF8.GetBytes(padded), out _, out _));
        Assert.False(PublicKey.TryParse(Encoding.UTF8.GetBytes(padded + "\n"), out _, out var error));
        Assert.Contains("bytes are too many", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_KeyTextSize()
    {
        var padded = Key.PublicPem.PadRight(VerificationLimits.MaxKeyBytes, '\n');

        Assert.True(PublicKey.TryParse(padded.AsSpan(), out _, out _));
        Assert.False(PublicKey.TryParse((padded + "\n").AsSpan(), out _, out var error));
        Assert.Contains("characters are too many", error, StringComparison.Ordinal);
    }

    private static void AssertLimit(Evidence evidence, int beyond, string step)
    {
        var result = Verify(evidence);
        if (beyond == 0)
        {
            AssertVerified(result);
        }
        else
        {
            AssertRejected(result, DecisionReason.LimitExceeded, step);
        }
    }
}
