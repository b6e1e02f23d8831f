using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodeGate.Testing.Signing;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests;

/// <summary>
/// Any one byte of valid evidence changed. The oracle: it never throws, and it is verified only where what is signed, and the signature,
/// are what they were. Of a legacy signature every byte is one of these. Of a bundle the hint, white space and the spelling of JSON strings
/// are not, so there the DSSE payload, its type and the signature are compared, taken out by another parser.
/// </summary>
[Trait("Category", "Property")]
public sealed class MutatedEvidenceTests
{
    private static readonly CosignSignatureEvidence LegacyEvidence = GoodLegacy(Prod);
    private static readonly byte[] BundleBytes = Bundles.ToBytes(Bundles.Signature(Key, Image, Prod));
    private static readonly byte[] MessageBytes = Bundles.ToBytes(Bundles.Message(Key, ImageBytes));

    [Fact]
    public void Verify_OneByteOfThePayloadChanged_NeverVerified() => ForAnyChange(LegacyEvidence.Payload.ToArray(), changed =>
        Verify(LegacyEvidence with { Payload = changed, Source = Oci.Digest.Of(changed) }) is RejectedEvidence);

    [Fact]
    public void Verify_OneByteOfTheLegacySignatureChanged_NeverVerified()
    {
        var text = LegacyEvidence.Annotations[LegacySignature.SignatureAnnotation];
        ForAnyChange(System.Text.Encoding.ASCII.GetBytes(text), changed =>
            Verify(LegacyEvidence with
            {
                Annotations = LegacyEvidence.Annotations.SetItem(LegacySignature.SignatureAnnotation, System.Text.Encoding.Latin1.GetString(changed)),
            }) is RejectedEvidence);
    }

    [Fact]
    public void Verify_OneByteOfABundleChanged_VerifiedOnlyIfWhatIsSignedIsTheSame() => ForAnyChange(BundleBytes, changed =>
        Verify(Bundle(changed)) is RejectedEvidence || SignedParts(changed) == SignedParts(BundleBytes));

    [Fact]
    public void Verify_OneByteOfAMessageBundleChanged_VerifiedOnlyIfTheSignatureIsTheSame() => ForAnyChange(MessageBytes, changed =>
        Verify(Bundle(changed)) is RejectedEvidence
        || (string?)JsonNode.Parse(changed)!["messageSignature"]!["signature"] == (string?)JsonNode.Parse(MessageBytes)!["messageSignature"]!["signature"]);

    [Fact]
    public void Verify_AnyBytes_NeverVerifiedAndNeverThrows() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        Verify(Bundle(bytes)) is RejectedEvidence
        && Verify(new CosignSignatureEvidence(Oci.Digest.Of(bytes), Oci.MediaTypes.CosignSimpleSigning, bytes, LegacyEvidence.Annotations)) is RejectedEvidence
        && !PublicKey.TryParse(bytes, out _, out _)).QuickCheckThrowOnFailure();

    private static (string?, string?, string?) SignedParts(byte[] bundle)
    {
        var envelope = JsonNode.Parse(bundle)!["dsseEnvelope"]!;
        return ((string?)envelope["payload"], (string?)envelope["payloadType"], (string?)envelope["signatures"]![0]!["sig"]);
    }

    private static void ForAnyChange(byte[] valid, Func<byte[], bool> holds)
    {
        var changes = from position in Gen.Choose(0, valid.Length - 1)
                      from mask in Gen.Choose(1, 255)
                      select (position, mask);
        Prop.ForAll(Arb.From(changes), change =>
        {
            var changed = (byte[])valid.Clone();
            changed[change.position] ^= (byte)change.mask;
            return holds(changed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }
}
