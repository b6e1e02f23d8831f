using Google.Protobuf;
using NodeGate.CriProxy.Wire;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Cri;

/// <summary>Reads containerd's answers to the questions that NodeGate asks by itself.</summary>
internal static class ContainerdAnswer
{
    /// <summary>The message in <paramref name="reply"/>, the answer of <paramref name="method"/>.</summary>
    /// <exception cref="NodeGateException">It is an error, or no such message.</exception>
    public static T Read<T>(GrpcReply reply, MessageParser<T> parser, string method)
        where T : IMessage<T>
    {
        if (reply.Status != GrpcStatusCode.Ok)
        {
            throw Unusable($"{method}: {reply.Status}: {reply.StatusMessage}");
        }

        try
        {
            return parser.ParseFrom(reply.Message.GetValueOrDefault().Span);
        }
        catch (InvalidProtocolBufferException)
        {
            throw Unusable(method + " is not valid protobuf.");
        }
    }

    /// <summary>What to throw for an answer in which something else was <paramref name="found"/>.</summary>
    public static NodeGateException Unusable(string found) =>
        new(DecisionReason.InternalError, $"containerd's answer cannot be used: {AnswerText.Clean(found, CriLimits.MaxSentenceInAnswer)}");
}
