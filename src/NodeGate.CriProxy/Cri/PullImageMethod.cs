using Google.Protobuf;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Cri;

/// <summary>PullImage: nothing is pulled that was not admitted, and what is pulled is what was judged.</summary>
/// <remarks>
/// The steps are those of design.md section 2:
/// (2) read the request, (3) to (8) the gate decides and records, (9) the pull is forwarded by digest, named and remembered, (10) or refused.
/// A pull is always forwarded: the kubelet takes its success as proof that these credentials may read the image (cri.md section 2.4).
/// </remarks>
internal sealed class PullImageMethod(IImageGate gate, AdmittedPull pull, TagNaming naming, TimeProvider time, ILogger logger) : IGatedMethod
{
    private const string Method = "PullImage";

    /// <inheritdoc/>
    public bool IsLong => true;

    /// <inheritdoc/>
    public async Task<GrpcReply> HandleAsync(GrpcRequest request, CancellationToken callAborted)
    {
        // Step 2: read what is judged.
        PullImageCall call;
        try
        {
            call = PullImageCall.Parse(request.Message);
        }
        catch (FormatException fault)
        {
            var answer = CriAnswers.Unreadable(Method, fault.Message);
            CriLog.Unreadable(logger, Method, answer.StatusMessage ?? "");
            return answer;
        }

        // Steps 3 to 8: decided and recorded when this returns.
        var started = time.GetTimestamp();
        var decision = await DecideAsync(call, callAborted);
        if (decision is null)
        {
            return CriAnswers.Broken(call.Image);
        }

        // Step 9 or step 10.
        var reply = decision is Decision.Admitted admitted
            ? await PullAsync(request, call, admitted, callAborted)
            : CriAnswers.Refusal(call.Image, decision);
        Log(call, decision, reply, time.GetElapsedTime(started));
        return reply;
    }

    // Null when the gate broke its promise that failures are decisions: then nothing is pulled.
    private async Task<Decision?> DecideAsync(PullImageCall call, CancellationToken callAborted)
    {
        try
        {
            return await gate.DecideAsync(call.ToGateRequest(), callAborted);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !callAborted.IsCancellationRequested)
        {
            CriLog.JudgingFailed(logger, fault, ForLog(call.Image));
            return null;
        }
    }

    private async Task<GrpcReply> PullAsync(GrpcRequest request, PullImageCall call, Decision.Admitted admitted, CancellationToken callAborted)
    {
        var reply = await pull.SendAsync(request, admitted.Image, call.Image, callAborted);
        if (reply.Status != GrpcStatusCode.Ok)
        {
            return reply;
        }

        if (ReadImageRef(reply) is not { Length: > 0 } imageId)
        {
            const string Fault = "PullImage answered OK without an image_ref.";
            CriLog.UnusableReply(logger, Method, ForLog(call.Image), Fault);
            return CriAnswers.UnusableReply(call.Image, Fault);
        }

        if (admitted.Image.NeedsTag)
        {
            var service = request.Path[..^Method.Length];
            if (await naming.NameAsync(admitted.Image, imageId, service, callAborted) is { } fault)
            {
                CriLog.NamingFailed(logger, ForLog(call.Image), imageId, ForLog(fault));
                return CriAnswers.Unnamed(call.Image, admitted.Image.Reference.ToString(), fault);
            }
        }

        // A caller that went away gets no answer, so its pull must not count as one that was answered.
        callAborted.ThrowIfCancellationRequested();
        return await RecordAsync(call, admitted, imageId) ? reply : CriAnswers.Unrecorded(call.Image);
    }

    // Unrecorded, the image would be reported absent right after a good pull, and the kubelet would run it as root (kubelet-observed.md section 4).
    private async Task<bool> RecordAsync(PullImageCall call, Decision.Admitted admitted, string imageId)
    {
        try
        {
            await gate.RecordPulledAsync(admitted, imageId);
            return true;
        }
        catch (Exception fault)
        {
            CriLog.RecordingFailed(logger, fault, ForLog(call.Image), imageId);
            return false;
        }
    }

    private static string? ReadImageRef(GrpcReply reply)
    {
        try
        {
            return PullImageResponse.Parser.ParseFrom(reply.Message.GetValueOrDefault().Span).ImageRef;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private void Log(PullImageCall call, Decision decision, GrpcReply reply, TimeSpan duration)
    {
        if (!logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        var effective = decision.Effective;
        CriLog.Pulled(
            logger,
            ForLog(call.Image),
            call.Namespace is null ? null : ForLog(call.Namespace),
            decision.Outcome,
            effective.Reason.ToString(),
            effective.Basis.Digest?.ToString(),
            effective.Basis.Rule,
            effective.Cached,
            Math.Round(duration.TotalMilliseconds, 1),
            reply.Status.ToString());
    }

    private static string ForLog(string text) => AnswerText.Clean(text, CriLimits.MaxSentenceInAnswer);
}
