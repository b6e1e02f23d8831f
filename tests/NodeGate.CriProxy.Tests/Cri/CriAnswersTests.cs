using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Wire;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Tests.Cri;

public sealed class CriAnswersTests
{
    [Theory]
    [InlineData(DecisionReason.NoSignature, "SignatureValidationFailed: app:1: NoSignature: Sign it.")]
    [InlineData(DecisionReason.DeniedByRule, "SignatureValidationFailed: app:1: DeniedByRule: Sign it.")]
    [InlineData(DecisionReason.NoMatchingRule, "SignatureValidationFailed: app:1: NoMatchingRule: Sign it.")]
    [InlineData(DecisionReason.IdentityMismatch, "SignatureValidationFailed: app:1: IdentityMismatch: Sign it.")]
    // A denial is never anything the kubelet would take for a passing problem.
    [InlineData(DecisionReason.RegistryUnavailable, "SignatureValidationFailed: app:1: RegistryUnavailable: Sign it.")]
    public void Refusal_Denied_IsUnknownWithTheKubeletsWordFirst(DecisionReason reason, string expected) =>
        AssertAnswer(GrpcStatusCode.Unknown, expected, CriAnswers.Refusal("app:1", Decisions.Denied("app:1", reason, "Sign it.")));

    [Theory]
    [InlineData(DecisionReason.RegistryUnavailable, 2, "RegistryUnavailable: app:1: RegistryUnavailable: Wait.")]
    [InlineData(DecisionReason.TimedOut, 2, "RegistryUnavailable: app:1: TimedOut: Wait.")]
    [InlineData(DecisionReason.ImageNotFound, 5, "app:1: ImageNotFound: Wait.")]
    [InlineData(DecisionReason.Unauthorized, 2, "app:1: Unauthorized: Wait.")]
    [InlineData(DecisionReason.LimitExceeded, 2, "SignatureValidationFailed: app:1: LimitExceeded: Wait.")]
    [InlineData(DecisionReason.TrustRootUnusable, 2, "SignatureValidationFailed: app:1: TrustRootUnusable: Wait.")]
    [InlineData(DecisionReason.InternalError, 2, "SignatureValidationFailed: app:1: InternalError: Wait.")]
    [InlineData(DecisionReason.InvalidReference, 3, "app:1: InvalidReference: Wait.")]
    public void Refusal_Undetermined_SaysWhatItIs(DecisionReason reason, int status, string expected) =>
        AssertAnswer((GrpcStatusCode)status, expected, CriAnswers.Refusal("app:1", Decisions.Undetermined("app:1", reason, "Wait.")));

    [Fact]
    public void Refusal_InvalidReferenceDenied_IsInvalidArgument() =>
        AssertAnswer(
            GrpcStatusCode.InvalidArgument,
            "A: InvalidReference: lower case",
            CriAnswers.Refusal("A", Decisions.Denied("A", DecisionReason.InvalidReference, "lower case")));

    [Fact]
    public void Refusal_EveryReasonOfTheEnum_HasAnAnswer()
    {
        foreach (var reason in Enum.GetValues<DecisionReason>())
        {
            Assert.NotEqual(GrpcStatusCode.Ok, CriAnswers.Refusal("app:1", Decisions.Denied("app:1", reason, "m")).Status);
            Assert.NotEqual(GrpcStatusCode.Ok, CriAnswers.Refusal("app:1", Decisions.Undetermined("app:1", reason, "m")).Status);
        }
    }

    [Fact]
    public void Refusal_Admitted_IsAMistakeOfTheCaller() =>
        Assert.Throws<ArgumentException>(() => CriAnswers.Refusal("app:1", Decisions.Admitted("app:1", null)));

    [Fact]
    public void Refusal_ControlCharactersInReferenceAndMessage_NeverReachTheAnswer()
    {
        var reply = CriAnswers.Refusal("a\r\nSignatureValidationFailed: b\u001b[31m\u202e\u2028", Decisions.Denied("a", DecisionReason.NoSignature, "one\ntwo\0\u0085"));
        AssertAnswer(GrpcStatusCode.Unknown, "SignatureValidationFailed: a  SignatureValidationFailed: b [31m  : NoSignature: one two  ", reply);
    }

    [Fact]
    public void Refusal_TextsBeyondTheLimits_AreCut()
    {
        var reply = CriAnswers.Refusal(new string('a', 5000), Decisions.Denied("a", DecisionReason.NoSignature, new string('b', 5000)));
        var expected = $"SignatureValidationFailed: {new string('a', CriLimits.MaxReferenceInAnswer)}…: NoSignature: {new string('b', CriLimits.MaxSentenceInAnswer)}…";
        AssertAnswer(GrpcStatusCode.Unknown, expected, reply);
    }

    [Fact]
    public void Refusal_SameFailure_GivesTheSameBytes() =>
        Assert.Equal(
            CriAnswers.Refusal("app:1", Decisions.Denied("app:1", DecisionReason.NoSignature, "Sign it.")).StatusMessage,
            CriAnswers.Refusal("app:1", Decisions.Denied("app:1", DecisionReason.NoSignature, "Sign it.")).StatusMessage);

    private static void AssertAnswer(GrpcStatusCode status, string text, GrpcReply reply)
    {
        Assert.Equal((status, text), (reply.Status, reply.StatusMessage));
        Assert.True(reply.TrailersOnly);
        Assert.Null(reply.Message);
        Assert.Empty(reply.Headers);
        Assert.Empty(reply.Trailers);
    }
}
