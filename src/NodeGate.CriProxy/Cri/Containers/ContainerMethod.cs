using Google.Protobuf;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Wire;

namespace NodeGate.CriProxy.Cri.Containers;

/// <summary>
/// A method that makes containers (design.md section 2, step 12): nothing is made of an image, or gets one as a volume, that is not admitted
/// for its pod's namespace. An admitted request is sent on byte for byte.
/// </summary>
internal abstract class ContainerMethod(string method, ContainerGuard guard, IUpstreamChannel containerd, ILogger logger) : IGatedMethod
{
    /// <inheritdoc/>
    public bool IsLong => true;

    /// <inheritdoc/>
    public async Task<GrpcReply> HandleAsync(GrpcRequest request, CancellationToken callAborted)
    {
        ContainerCall call;
        try
        {
            call = CallOf(request.Message);
        }
        catch (FormatException fault)
        {
            var answer = CriAnswers.Unreadable(method, fault.Message);
            CriLog.Unreadable(logger, method, answer.StatusMessage ?? "");
            return answer;
        }

        var (images, refusal) = await guard.JudgeAsync(request, call, callAborted);
        if (refusal is not null)
        {
            return refusal;
        }

        var reply = await containerd.CallAsync(request, callAborted);
        if (reply.Status != GrpcStatusCode.Ok || await guard.ConfirmAsync(request, call, images) is not { } refused)
        {
            return reply;
        }

        await RemoveAsync(request, reply.Message.GetValueOrDefault());
        return refused;
    }

    /// <summary>Reads the request.</summary>
    /// <exception cref="FormatException">It is malformed or ambiguous.</exception>
    protected abstract ContainerCall CallOf(ReadOnlyMemory<byte> message);

    /// <summary>Removes what <paramref name="answer"/> says was made.</summary>
    /// <exception cref="InvalidProtocolBufferException">The answer cannot be read.</exception>
    protected abstract Task<GrpcReply> UndoAsync(string service, ReadOnlyMemory<byte> answer);

    // The kubelet is never told what was made, so it starts nothing of it; what cannot be removed is only litter.
    private async Task RemoveAsync(GrpcRequest request, ReadOnlyMemory<byte> answer)
    {
        try
        {
            var removed = await UndoAsync(CriServices.RuntimeServiceOf(request.Path), answer);
            if (removed.Status != GrpcStatusCode.Ok)
            {
                CriLog.NotRemoved(logger, method, $"{removed.Status}: {removed.StatusMessage}");
            }
        }
        catch (InvalidProtocolBufferException)
        {
            CriLog.NotRemoved(logger, method, "the answer is not valid protobuf");
        }
    }
}
