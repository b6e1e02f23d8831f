using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Sample;

namespace NodeGate.Verification.Tests;

/// <summary>Attestations: of exactly the type that is asked for, about the image, never a signature and no signature ever one of them.</summary>
public sealed class AttestationTests
{
    [Fact]
    public void Verify_OfTheType_GivesThePredicate()
    {
        var verified = AssertVerified(Keyless.Verify(Keyless.Attestation(), Keyless.AttestationRequirement));

        Assert.Equal(Keyless.Slsa, verified.Attestation!.PredicateType);
        Assert.True(JsonNode.DeepEquals(Keyless.Predicate, JsonNode.Parse(verified.Attestation.Predicate.Span)));
    }

    [Fact]
    public void Verify_LegacyOfTheType_GivesThePredicate() =>
        Assert.NotNull(AssertVerified(Keyless.Verify(Keyless.LegacyAttestation(), Keyless.AttestationRequirement)).Attestation);

    [Fact]
    public void Verify_ByKey_GivesThePredicate() => Assert.NotNull(AssertVerified(Keyless.Verify(
        Keyless.Attestation(new MintOptions { ManagedKey = Key }), Requirement with { AttestationType = Keyless.Slsa })).Attestation);

    [Fact]
    public void Verify_WithoutPredicate_GivesAnEmptyOne()
    {
        var statement = Bundles.Statement(Image, predicateType: Keyless.Slsa);
        statement.Remove("predicate");

        var verified = AssertVerified(Keyless.Verify(Bundle(Keyless.Virtual.Dsse(statement.ToJsonString())), Keyless.AttestationRequirement));

        Assert.Equal("{}", Encoding.UTF8.GetString(verified.Attestation!.Predicate.Span));
    }

    [Fact]
    public void Verify_OfAnotherType_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Attestation(type: Keyless.Slsa + "/evil"), Keyless.AttestationRequirement), DecisionReason.AttestationInvalid, StepNames.PredicateType);

    [Fact]
    public void Verify_SignatureWhereAnAttestationIsAskedFor_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Signature(), Keyless.AttestationRequirement), DecisionReason.AttestationInvalid, StepNames.PredicateType);

    [Fact]
    public void Verify_MessageWhereAnAttestationIsAskedFor_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Message(), Keyless.AttestationRequirement), DecisionReason.AttestationInvalid, StepNames.PredicateType);

    [Fact]
    public void Verify_LegacySignatureWhereAnAttestationIsAskedFor_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.Legacy(), Keyless.AttestationRequirement), DecisionReason.AttestationInvalid, StepNames.PredicateType);

    [Fact]
    public void Verify_AttestationWhereASignatureIsAskedFor_NoSignature() => AssertRejected(
        Keyless.Verify(Keyless.Attestation()), DecisionReason.NoSignature, StepNames.PredicateType);

    [Fact]
    public void Verify_LegacyAttestationWhereASignatureIsAskedFor_NoSignature() => AssertRejected(
        Keyless.Verify(Keyless.LegacyAttestation()), DecisionReason.NoSignature, StepNames.PredicateType);

    [Fact]
    public void Verify_AboutAnotherImage_Rejected() => AssertRejected(
        Keyless.Verify(Bundle(Keyless.Virtual.Attestation(OtherImage, Keyless.Slsa, Keyless.Predicate)), Keyless.AttestationRequirement), DecisionReason.SignatureInvalid, StepNames.Digest);

    [Fact]
    public void Verify_PayloadThatIsNoStatement_Rejected() => AssertRejected(
        Keyless.Verify(Bundle(Keyless.Virtual.Dsse("no JSON")), Keyless.AttestationRequirement), DecisionReason.SignatureInvalid, StepNames.Payload);

    [Fact]
    public void Verify_PredicateWithDuplicateNames_Rejected()
    {
        var statement = Bundles.Statement(Image, predicateType: Keyless.Slsa).ToJsonString().Replace("\"predicate\":{}", "\"predicate\":{\"a\":1,\"a\":2}", StringComparison.Ordinal);

        AssertRejected(Keyless.Verify(Bundle(Keyless.Virtual.Dsse(statement)), Keyless.AttestationRequirement), DecisionReason.SignatureInvalid, StepNames.Payload);
    }

    [Fact]
    public void Verify_OtherPayloadType_Rejected() => AssertRejected(
        Keyless.Verify(Bundle(Keyless.Virtual.Dsse("{}", payloadType: "text/plain")), Keyless.AttestationRequirement), DecisionReason.SignatureInvalid, StepNames.Envelope);

    [Fact]
    public void Verify_LegacyOfAnotherMediaType_Rejected() => AssertRejected(
        Keyless.Verify(Keyless.LegacyAttestation() with { MediaType = "text/plain" }, Keyless.AttestationRequirement), DecisionReason.SignatureInvalid, StepNames.MediaType);

    [Fact]
    public void Verify_LegacyNotAccepted_NoSignature() => AssertRejected(
        Keyless.Verify(Keyless.LegacyAttestation(), Keyless.AttestationRequirement with { AcceptLegacy = false }), DecisionReason.NoSignature, StepNames.Format);

    [Fact]
    public void Verify_LegacyTooLarge_LimitExceeded()
    {
        var blob = new byte[VerificationLimits.MaxBundleBytes + 1];

        AssertRejected(
            Keyless.Verify(Keyless.LegacyAttestation() with { Envelope = blob, Source = Digest.Of(blob) }, Keyless.AttestationRequirement),
            DecisionReason.LimitExceeded,
            StepNames.Content);
    }
}
