using NodeGate.CriProxy.Wire;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// The one place where a decision becomes a gRPC answer (design.md section 2, step 10). The kubelet shows a reason of its own only for status 2
/// and a message whose very first bytes are one of its two words (kubelet-observed.md section 2), and only when the messages for all
/// of a pod's credentials are equal: nothing here depends on who asked, when, or how long it took.
/// </summary>
internal static class CriAnswers
{
    /// <summary>The kubelet's word for an image that must not run (cri-api pkg/errors).</summary>
    public const string SignatureValidationFailed = "SignatureValidationFailed";

    /// <summary>The kubelet's word for a registry that cannot be asked (cri-api pkg/errors).</summary>
    public const string RegistryUnavailable = "RegistryUnavailable";

    /// <summary>The answer to a pull that was not admitted. <paramref name="asked"/> is the reference as the caller wrote it.</summary>
    /// <exception cref="ArgumentException">The decision is an admission: there is nothing to refuse.</exception>
    public static GrpcReply Refusal(string asked, Decision decision) => decision switch
    {
        { Reason: DecisionReason.InvalidReference } and not Decision.Admitted => Plain(GrpcStatusCode.InvalidArgument, asked, decision),
        Decision.Denied => Worded(SignatureValidationFailed, asked, decision.Reason, decision.Message),
        Decision.Undetermined => Undetermined(asked, decision),
        _ => throw new ArgumentException("An admitted image has no refusal.", nameof(decision)),
    };

    /// <summary>The answer when NodeGate itself failed while judging <paramref name="asked"/>. The cause is in the log, never in the answer.</summary>
    public static GrpcReply Broken(string asked) =>
        Worded(SignatureValidationFailed, asked, DecisionReason.InternalError, "NodeGate failed while judging the image; its log on this node tells why.");

    /// <summary>The answer when what containerd says about <paramref name="asked"/> cannot be used to judge it.</summary>
    public static GrpcReply Failed(string asked, NodeGateException fault) => Worded(SignatureValidationFailed, asked, fault.Reason, fault.Message);

    /// <summary>The answer where nobody can tell which image a pod would be started with.</summary>
    public static GrpcReply UnknownSandboxImage(string problem) =>
        Worded(SignatureValidationFailed, "sandbox image", DecisionReason.InvalidReference, problem);

    /// <summary>containerd's own words for a container of an image that is not on the node; nothing is forwarded that was not judged.</summary>
    public static GrpcReply MissingImage(string asked, bool isVolume) => GrpcReply.Error(
        GrpcStatusCode.NotFound,
        $"{(isVolume ? "failed to mount image volume: " : "")}failed to resolve image \"{Reference(asked)}\": not found");

    /// <summary>The answer to an ImageStatus that could not be judged. The kubelet shows no image name with it, so the text carries it.</summary>
    public static GrpcReply Unjudged(string asked) => GrpcReply.Error(
        GrpcStatusCode.Unknown,
        $"image {Reference(asked)}: NodeGate could not judge whether it is admitted on this node; its log tells why.");

    /// <summary>The answer to a request that cannot be read.</summary>
    public static GrpcReply Unreadable(string method, string fault) =>
        GrpcReply.Error(GrpcStatusCode.InvalidArgument, $"{method}: {Sentence(fault)}");

    /// <summary>The answer when an image was verified and pulled but could not be given its tag; the kubelet pulls again.</summary>
    public static GrpcReply Unnamed(string asked, string tag, string fault) => GrpcReply.Error(
        GrpcStatusCode.Unknown,
        $"{Reference(asked)}: the image was verified and pulled, but containerd does not show it as {Reference(tag)}: {Sentence(fault)}");

    /// <summary>The answer when an image was pulled but that could not be recorded, so that it would not be shown as present.</summary>
    public static GrpcReply Unrecorded(string asked) => GrpcReply.Error(
        GrpcStatusCode.Unknown,
        $"{Reference(asked)}: the image was verified and pulled, but NodeGate could not record it; its log on this node tells why.");

    /// <summary>The answer when containerd says OK in a way that cannot be used.</summary>
    public static GrpcReply UnusableReply(string asked, string fault) =>
        GrpcReply.Error(GrpcStatusCode.Internal, $"{Reference(asked)}: containerd's answer cannot be used: {Sentence(fault)}");

    private static GrpcReply Undetermined(string asked, Decision decision) => decision.Reason switch
    {
        DecisionReason.RegistryUnavailable or DecisionReason.TimedOut => Worded(RegistryUnavailable, asked, decision.Reason, decision.Message),
        // No signature was judged in these two, so the kubelet's word for signatures would mislead: ErrImagePull, as with containerd alone.
        DecisionReason.ImageNotFound => Plain(GrpcStatusCode.NotFound, asked, decision),
        DecisionReason.Unauthorized => Plain(GrpcStatusCode.Unknown, asked, decision),
        _ => Worded(SignatureValidationFailed, asked, decision.Reason, decision.Message),
    };

    private static GrpcReply Worded(string word, string asked, DecisionReason reason, string message) =>
        GrpcReply.Error(GrpcStatusCode.Unknown, $"{word}: {Reference(asked)}: {reason}: {Sentence(message)}");

    private static GrpcReply Plain(GrpcStatusCode status, string asked, Decision decision) =>
        GrpcReply.Error(status, $"{Reference(asked)}: {decision.Reason}: {Sentence(decision.Message)}");

    private static string Reference(string text) => AnswerText.Clean(text, CriLimits.MaxReferenceInAnswer);

    private static string Sentence(string text) => AnswerText.Clean(text, CriLimits.MaxSentenceInAnswer);
}
