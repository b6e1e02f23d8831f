using Google.Protobuf;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// ImageStatus (design.md section 2, step 11): containerd is asked first and what it found is judged, by ID and by what its names point at, so that neither an
/// image that was smuggled in nor a request by bare ID is a way around the gate.
/// </summary>
internal sealed class ImageStatusMethod(IImageGate gate, IUpstreamChannel containerd, ImageFinder finder, ILogger logger) : IGatedMethod
{
    private const string Method = "ImageStatus";

    /// <inheritdoc/>
    public async Task<GrpcReply> HandleAsync(GrpcRequest request, CancellationToken callAborted)
    {
        string asked;
        try
        {
            asked = ReadAsked(request.Message.Span);
        }
        catch (FormatException fault)
        {
            var answer = CriAnswers.Unreadable(Method, fault.Message);
            CriLog.Unreadable(logger, Method, answer.StatusMessage ?? "");
            return answer;
        }

        var reply = await containerd.CallAsync(request, callAborted);
        if (reply.Status != GrpcStatusCode.Ok)
        {
            return reply;
        }

        Image? found;
        try
        {
            found = ImageStatusResponse.Parser.ParseFrom(reply.Message.GetValueOrDefault().Span).Image;
        }
        catch (InvalidProtocolBufferException)
        {
            const string Fault = "ImageStatus is not valid protobuf.";
            CriLog.UnusableReply(logger, Method, ForLog(asked), Fault);
            return CriAnswers.UnusableReply(asked, Fault);
        }

        return found is null ? reply : await JudgeAsync(request, asked, found, reply, callAborted);
    }

    private async Task<GrpcReply> JudgeAsync(GrpcRequest request, string asked, Image found, GrpcReply reply, CancellationToken callAborted)
    {
        Presence presence;
        try
        {
            var image = await finder.DescribeAsync(asked, found, request.Deadline, callAborted);
            presence = await gate.JudgePresentAsync(image, callAborted);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !callAborted.IsCancellationRequested)
        {
            CriLog.PresenceFailed(logger, fault, ForLog(asked), ForLog(found.Id));
            return CriAnswers.Unjudged(asked);
        }

        if (presence.IsShown)
        {
            return reply;
        }

        if (logger.IsEnabled(LogLevel.Information))
        {
            CriLog.Hidden(logger, ForLog(asked), ForLog(found.Id), presence.Decision?.Reason.ToString(), presence.Decision?.Message);
        }

        // The empty message is what containerd answers for an image that it does not have.
        return reply with { Message = ReadOnlyMemory<byte>.Empty };
    }

    private static string ReadAsked(ReadOnlySpan<byte> message)
    {
        MessageShape.ImageStatusRequest.Require(message);
        try
        {
            return ImageStatusRequest.Parser.ParseFrom(message).Image?.Image ?? "";
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new FormatException("ImageStatusRequest is not valid protobuf: " + fault.Message, fault);
        }
    }

    private static string ForLog(string text) => AnswerText.Clean(text, CriLimits.MaxSentenceInAnswer);
}
