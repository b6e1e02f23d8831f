using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests.Signers;

/// <summary>
/// Whole evidence in which only the signature is wrong, in one thing: certificate, log entry and timestamp are those of this very signature
/// (verification.md section 9 item 1).
/// </summary>
public sealed class SignatureFaultTests
{
    private static readonly Dictionary<string, MintOptions> Faults = new(StringComparer.Ordinal)
    {
        ["a bit"] = Spelled(s => [.. s[..^1], (byte)(s[^1] ^ 1)]),
        ["of something else"] = MintOptions.Default with { SignedMessage = [1] },
        ["of another key"] = MintOptions.Default with { SignWith = OtherKey },
        ["with another hash"] = MintOptions.Default with { Key = Key, SignWith = ((EcdsaSigningKey)Key).WithHash(HashAlgorithmName.SHA384) },
        ["a negative number"] = Spelled(Negative),
        ["a trailing byte"] = Spelled(s => [.. s, 0]),
        ["a trailing number"] = Spelled(s => Numbers(s, [.. s[2..], 2, 1, 1])),
        ["a long length"] = Spelled(s => [s[0], 0x81, .. s[1..]]),
        ["fixed field form"] = Spelled(FixedField),
        ["cut off"] = Spelled(s => s[..^1]),
    };

    public static TheoryData<string> Cases => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_MessageWithFaultOfTheSignature_Rejected(string fault) => AssertRejected(
        Keyless.Verify(Keyless.Message(Faults[fault])), DecisionReason.SignatureInvalid, StepNames.Signature);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_RekorV2MessageWithFaultOfTheSignature_Rejected(string fault) => AssertRejected(
        Keyless.Verify(Keyless.Message(Faults[fault] with { LogVersion = 2 })), DecisionReason.SignatureInvalid, StepNames.Signature);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_EnvelopeWithFaultOfTheSignature_Rejected(string fault) => AssertRejected(
        Keyless.Verify(Keyless.Signature(Faults[fault])), DecisionReason.SignatureInvalid, StepNames.Signature);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_RekorV2EnvelopeWithFaultOfTheSignature_Rejected(string fault) => AssertRejected(
        Keyless.Verify(Keyless.Signature(Faults[fault] with { LogVersion = 2 })), DecisionReason.SignatureInvalid, StepNames.Signature);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Verify_ShortRsaKey_Rejected(int log) => AssertRejected(
        Keyless.Verify(Keyless.Message(MintOptions.Default with { Key = SigningKey.Rsa(1024, RSASignaturePadding.Pkcs1), LogVersion = log })),
        DecisionReason.CertificateInvalid,
        StepNames.Certificate);

    /// <summary>What makes the faults above does not make one by itself.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Verify_NothingWrong_Verified(int log) =>
        AssertVerified(Keyless.Verify(Keyless.Message(Spelled(s => s) with { LogVersion = log })));

    private static MintOptions Spelled(Func<byte[], byte[]?> spell) => MintOptions.Default with { Key = Key, SignWith = new SpellingKey(Key, spell) };

    /// <summary>The same number without the zero that keeps it positive: .NET alone would take it (verification.md section 7.4).</summary>
    private static byte[]? Negative(byte[] signature) =>
        signature[3] == 33 ? Numbers(signature, [2, 32, .. signature[5..]]) : null;

    private static byte[] Numbers(byte[] signature, byte[] numbers) => [signature[0], (byte)numbers.Length, .. numbers];

    private static byte[] FixedField(byte[] signature)
    {
        var pair = new AsnReader(signature, AsnEncodingRules.DER).ReadSequence();
        return [.. Field(pair), .. Field(pair)];

        static byte[] Field(AsnReader numbers)
        {
            var number = numbers.ReadInteger().ToByteArray(isUnsigned: true, isBigEndian: true);
            return [.. new byte[32 - number.Length], .. number];
        }
    }

    /// <summary>A key that signs until the signature can be spelled in another way.</summary>
    private sealed class SpellingKey(SigningKey key, Func<byte[], byte[]?> spell) : SigningKey
    {
        public override byte[] PublicDer => key.PublicDer;

        public override string KeyDetails => key.KeyDetails;

        public override HashAlgorithmName Hash => key.Hash;

        public override byte[] SignatureAlgorithm => key.SignatureAlgorithm;

        public override byte[] Sign(ReadOnlySpan<byte> message)
        {
            for (; ; )
            {
                if (spell(key.Sign(message)) is { } spelled)
                {
                    return spelled;
                }
            }
        }
    }
}
