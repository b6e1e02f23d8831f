using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Logs.LogSample;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>Steps <c>logEntry</c> and <c>logEntryBody</c>: the entry is of a kind that is read, and about this signature, signer and content.</summary>
public sealed class LogEntryTests
{
    private static readonly byte[] OtherCertificate = World.Certificate(MintOptions.Default with { Key = SigningKey.Create() });

    public static TheoryData<string> ValidBundles => [.. Valid.Keys];

    private static Dictionary<string, Func<JsonObject>> Valid { get; } = new(StringComparer.Ordinal)
    {
        ["message"] = () => Message(),
        ["envelope"] = () => Envelope(),
        ["envelope as intoto"] = () => Envelope(V1.WithLog(l => l with { Kind = "intoto" })),
        ["v0.1, promise alone"] = () => Message(MintOptions.V01),
        ["v0.2"] = () => Message(MintOptions.V02),
        ["proof alone"] = () => Message(V1.WithLog(l => l with { Promise = false })),
        ["Rekor v2, message"] = () => Message(V2),
        ["Rekor v2, envelope"] = () => Envelope(V2),
        ["Rekor v2, P-384"] = () => Message(V2 with { Key = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384) }),
        ["Rekor v2, P-521"] = () => Message(V2 with { Key = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512) }),
        ["Rekor v2, RSA"] = () => Message(V2 with { Key = SigningKey.Rsa(2048, RSASignaturePadding.Pkcs1) }),
        ["P-384"] = () => Message(V1 with { Key = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384) }),
    };

    [Theory]
    [MemberData(nameof(ValidBundles))]
    public void VerifyAll_ValidBundle_Verified(string name)
    {
        var verified = AssertVerified(Valid[name]());

        var timeless = name.StartsWith("Rekor v2", StringComparison.Ordinal) || name == "proof alone";
        Assert.Equal(timeless ? null : VirtualSigstore.SigningTime, verified.Time);
        Assert.Equal(name.StartsWith("Rekor v2", StringComparison.Ordinal) ? 3 : VirtualRekorV1.EarlierTrees + 3, verified.Index);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void VerifyAll_ManagedKey_Verified(int version)
    {
        var key = SigningKey.Create();

        AssertVerified(Message(V1 with { LogVersion = version, ManagedKey = key }), key: Sample.PublicKeyOf(key));
    }

    [Fact]
    public void VerifyAll_UnknownLog_DoesNotCount()
    {
        var elsewhere = new VirtualRekorV1();
        var bundle = Message(V1 with { Logs = [elsewhere] });

        AssertRejected(bundle, StepNames.LogThreshold, $"{Convert.ToHexStringLower(elsewhere.Id)}, which the trust root {Root.Revision} does not have");
        Assert.Null(Judge(bundle, out var verified, required: 0));
        Assert.Empty(verified);
    }

    [Fact]
    public void VerifyAll_UnknownLogBesideAKnownOne_OneCounts()
    {
        var bundle = Message(V1 with { Logs = [new VirtualRekorV1(), World.RekorV1] });

        AssertVerified(bundle);
        AssertRejected(bundle, StepNames.LogThreshold, "only 'rekor.virtual.test' did", required: 2);
    }

    [Theory]
    [InlineData("dsse", "0.0.2")]
    [InlineData("hashedrekord", "0.0.3")]
    [InlineData("jar", "0.0.1")]
    public void VerifyAll_UnknownKind_Rejected(string kind, string version) =>
        AssertRejected(
            Message(V1.WithEntry(e => e["kindVersion"] = new JsonObject { ["kind"] = kind, ["version"] = version })),
            StepNames.LogEntry,
            $"an entry of the kind '{kind}' '{version}'");

    [Fact]
    public void VerifyAll_EnvelopesKindForAMessage_Rejected() =>
        AssertRejected(Message(V1.WithLog(l => l with { Kind = "dsse" })), StepNames.LogEntryBody, "dsse 0.0.1 is not about a bundle's Message");

    [Fact]
    public void VerifyAll_MessagesKindForAnEnvelope_Rejected() =>
        AssertRejected(Envelope(V1.WithLog(l => l with { Kind = "hashedrekord" })), StepNames.LogEntryBody, "hashedrekord 0.0.1 is not about a bundle's Envelope");

    [Fact]
    public void VerifyAll_LegacyKindInABundle_Rejected() =>
        AssertRejected(
            Message(V1.WithLog(l => l with { AlterBody = b => b["kind"] = "rekord" })), StepNames.LogEntryBody, "rekord 0.0.1 is not about a bundle's Message");

    [Fact]
    public void Verify_BodyOfAnotherKindThanTheEntrySays_Rejected() =>
        // rekord's members are hashedrekord's and one more, so that nothing but the name tells them apart.
        AssertInvalid(
            JudgeLegacy(World.LegacySignature(Sample.Repository, Sample.Image), out _, e => e with { Kind = "rekord" }),
            StepNames.LogEntryBody,
            "the entry says that it is rekord 0.0.1, its body that it is 'hashedrekord 0.0.1'");

    [Fact]
    public void Verify_NeitherPromiseNorCheckpoint_Rejected() =>
        AssertInvalid(
            JudgeLegacy(World.LegacySignature(Sample.Repository, Sample.Image), out _, e => e with { SignedEntryTimestamp = null }),
            StepNames.LogEntry,
            "neither a promise nor a proof");

    [Fact]
    public void VerifyAll_EntryOfAnotherMessage_Rejected() => AssertRejected(
        Message(V1 with { AlterLogged = s => s with { Message = [1] } }), StepNames.LogEntryBody, "about content with the hash SHA256");

    [Fact]
    public void VerifyAll_HashInUpperCase_Rejected() =>
        AssertRejected(
            Message(V1.WithBody(s => s.Child("data").Child("hash")["value"] = Sample.Image.Hex.ToUpperInvariant())), StepNames.LogEntryBody, "about content");

    [Fact]
    public void VerifyAll_HashOfAnotherAlgorithmThanStated_Rejected() =>
        AssertRejected(Message(V1.WithBody(s => s.Child("data").Child("hash")["algorithm"] = "sha512")), StepNames.LogEntryBody, "about content");

    [Fact]
    public void VerifyAll_WeakHash_Rejected() => AssertRejected(
        Message(V1.WithBody(s => s.Child("data")["hash"] = new JsonObject { ["algorithm"] = "sha1", ["value"] = Sample.Image.Hex[..40] })),
        StepNames.LogEntryBody,
        "is 'sha1'; expected sha256");

    [Theory]
    [InlineData("dsse")]
    [InlineData("intoto")]
    public void VerifyAll_EntryOfAnotherPayload_Rejected(string kind) =>
        AssertRejected(
            Envelope(V1.WithLog(l => l with { Kind = kind }) with { AlterLogged = s => s with { Payload = [1] } }),
            StepNames.LogEntryBody,
            "about an envelope whose payload has the hash SHA256");

    [Theory]
    [InlineData("hashedrekord")]
    [InlineData("dsse")]
    [InlineData("intoto")]
    public void VerifyAll_EntryOfAnotherSignature_Rejected(string kind)
    {
        var options = V1.WithLog(l => l with { Kind = kind }) with { AlterLogged = s => s with { Signature = s.Key.Sign(s.Message) } };

        AssertRejected(kind == "hashedrekord" ? Message(options) : Envelope(options), StepNames.LogEntryBody, "about another signature");
    }

    [Theory]
    [InlineData("hashedrekord")]
    [InlineData("dsse")]
    [InlineData("intoto")]
    public void VerifyAll_EntryWithAnotherCertificate_Rejected(string kind)
    {
        var options = V1.WithLog(l => l with { Kind = kind }) with { AlterLogged = s => s with { Certificate = OtherCertificate } };

        AssertRejected(kind == "hashedrekord" ? Message(options) : Envelope(options), StepNames.LogEntryBody, "with another certificate, or with a key");
    }

    [Fact]
    public void VerifyAll_EntryWithTheCertificatesKeyAlone_Rejected() => AssertRejected(
        Message(V1 with { AlterLogged = s => s with { Certificate = null } }), StepNames.LogEntryBody, "with another certificate, or with a key");

    [Fact]
    public void VerifyAll_TwoCertificatesInTheEntry_Rejected() => AssertRejected(
        Message(V1.WithBody(s =>
        {
            var key = s.Child("signature").Child("publicKey");
            var pem = System.Text.Encoding.ASCII.GetString(Convert.FromBase64String((string)key["content"]!));
            key["content"] = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem + pem));
        })),
        StepNames.LogEntryBody,
        "with another certificate");

    [Fact]
    public void VerifyAll_EntryWithAnotherKey_Rejected()
    {
        var options = V1 with { ManagedKey = Sample.Key, AlterLogged = s => s with { Key = Sample.OtherKey } };

        AssertInvalid(Judge(Message(options), out _, key: Sample.PublicKeyOf(Sample.Key)), StepNames.LogEntryBody, "with another key, or with a certificate");
    }

    [Fact]
    public void VerifyAll_EntryWithACertificateForAKey_Rejected()
    {
        var options = V1 with { ManagedKey = Sample.Key, AlterLogged = s => s with { Certificate = OtherCertificate } };

        AssertInvalid(Judge(Message(options), out _, key: Sample.PublicKeyOf(Sample.Key)), StepNames.LogEntryBody, "with another key, or with a certificate");
    }

    [Fact]
    public void VerifyAll_UnknownMemberOfTheBody_Rejected() =>
        AssertRejected(Message(V1.WithLog(l => l with { AlterBody = b => b["more"] = 1 })), StepNames.LogEntryBody, "unknown member 'more'");

    [Fact]
    public void VerifyAll_SignatureOfInTotoEncodedOnce_Rejected() => AssertRejected(
        Envelope(V1.WithLog(l => l with { Kind = "intoto" }).WithBody(s =>
        {
            var signature = s.Child("content").Child("envelope")["signatures"]![0]!.AsObject();
            signature["sig"] = Convert.ToBase64String(Sample.Key.Sign([1]));
        })),
        StepNames.LogEntryBody,
        "is not base64 of base64");

    [Fact]
    public void VerifyAll_BodyThatIsNoJson_Rejected() =>
        AssertRejected(Message(V1.WithEntry(e => e["canonicalizedBody"] = "AAAA")), StepNames.LogEntryBody, "not strict JSON");

    [Fact]
    public void VerifyAll_DeepBody_LimitExceeded()
    {
        var deep = System.Text.Encoding.ASCII.GetBytes(new string('[', 40) + new string(']', 40));
        var rejected = Judge(Message(V1.WithEntry(e => e["canonicalizedBody"] = Convert.ToBase64String(deep))), out _);

        AssertInvalid(rejected, StepNames.LogEntryBody, "deeper", DecisionReason.LimitExceeded);
    }

    [Fact]
    public void VerifyAll_SecondEntryWrong_Rejected()
    {
        var bundle = Message(V1);
        var entries = bundle.Child("verificationMaterial")["tlogEntries"]!.AsArray();
        entries.Add(Message(V1 with { AlterLogged = s => s with { Message = [1] } }).EntryOf().DeepClone());

        AssertRejected(bundle, StepNames.LogEntryBody, "about content");
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("signature")]
    [InlineData("certificate")]
    [InlineData("keyDetails")]
    [InlineData("algorithm")]
    [InlineData("member")]
    public void VerifyAll_RekorV2EntryOfAnother_Rejected(string what) => AssertRejected(
        Message(V2.WithBody(s =>
        {
            var record = s.Child("hashedRekordV002");
            var verifier = record.Child("signature").Child("verifier");
            Action change = what switch
            {
                "digest" => () => record.Child("data")["digest"] = Convert.ToBase64String(SHA256.HashData([1])),
                "signature" => () => record.Child("signature")["content"] = Convert.ToBase64String(Sample.Key.Sign(Sample.ImageBytes)),
                "certificate" => () => verifier.Child("x509Certificate")["rawBytes"] = Convert.ToBase64String(OtherCertificate),
                "keyDetails" => () => verifier["keyDetails"] = "PKIX_ECDSA_P384_SHA_384",
                "algorithm" => () => record.Child("data")["algorithm"] = "SHA2_512",
                _ => () => record["more"] = 1,
            };
            change();
        })),
        StepNames.LogEntryBody,
        "its body is not the text that a Rekor v2 log has for this one");

    [Fact]
    public void VerifyAll_RekorV2DsseKind_Rejected() => AssertRejected(
        Envelope(V2.WithEntry(e => e["kindVersion"] = new JsonObject { ["kind"] = "dsse", ["version"] = "0.0.2" })), StepNames.LogEntry, "'dsse' '0.0.2'");

    [Fact]
    public void VerifyAll_RekorV2PureEd25519_Rejected() =>
        // Such a signature is over the message and not over its hash, so no log could check it.
        AssertRejected(
            Message(V2 with { Key = SigningKey.Ed25519() }), StepNames.LogEntryBody, "its body is not the text");
}
