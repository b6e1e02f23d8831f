using System.Collections.Immutable;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Cri.Containers;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Cri.Sandbox;

/// <summary>
/// RunPodSandbox where the policy says <c>sandboxImage: enforce</c>; else it is relayed. containerd pulls the sandbox (pause) image by itself,
/// past the CRI: so it is looked for, judged for the pod's namespace and, where it is absent, pulled through the gate before the pod starts.
/// </summary>
internal sealed class RunPodSandboxMethod(
    IPolicySource policies,
    SandboxImageFinder sandboxes,
    ImageFinder images,
    ContainerGuard guard,
    IGatedMethod pullImage,
    IUpstreamChannel containerd,
    CriCalls calls,
    TimeProvider time,
    ILogger logger)
    : IGatedMethod
{
    private const string Method = "RunPodSandbox";
    private const string SandboxImage = "sandbox image";

    /// <inheritdoc/>
    public bool IsLong => true;

    /// <summary>Whether the policy that holds now asks for it.</summary>
    public bool IsWanted => policies.Current.SandboxImage == SandboxImageMode.Enforce;

    /// <inheritdoc/>
    public async Task<GrpcReply> HandleAsync(GrpcRequest request, CancellationToken callAborted)
    {
        ContainerCall call;
        try
        {
            call = ContainerCall.ParseSandbox(request.Message);
        }
        catch (FormatException fault)
        {
            var answer = CriAnswers.Unreadable(Method, fault.Message);
            CriLog.Unreadable(logger, Method, answer.StatusMessage ?? "");
            return answer;
        }

        var (reference, refusal) = await PrepareAsync(request, call, callAborted);
        if (refusal is not null)
        {
            return refusal;
        }

        if (reference is null)
        {
            return await containerd.CallAsync(request, callAborted);
        }

        call = call with { Images = [Asked(reference)] };
        (var judged, refusal) = await guard.JudgeAsync(request, call, callAborted);
        if (refusal is not null)
        {
            return refusal;
        }

        var reply = await containerd.CallAsync(request, callAborted);
        if (reply.Status != GrpcStatusCode.Ok)
        {
            return reply;
        }

        var id = RunPodSandboxResponse.Parser.ParseFrom(reply.Message.GetValueOrDefault().Span).PodSandboxId;
        if (await ConfirmAsync(request, call, judged, id) is not { } refused)
        {
            return reply;
        }

        var removed = await calls.RemovePodAsync(CriServices.RuntimeServiceOf(request.Path), id);
        if (removed.Status != GrpcStatusCode.Ok)
        {
            CriLog.NotRemoved(logger, Method, $"{removed.Status}: {removed.StatusMessage}");
        }

        return refused;
    }

    // Which image it is, and that it is on the node: what containerd finds there it does not pull.
    private async Task<(string? Reference, GrpcReply? Refusal)> PrepareAsync(GrpcRequest request, ContainerCall call, CancellationToken callAborted)
    {
        try
        {
            var (reference, problem) = await sandboxes.FindAsync(CriServices.RuntimeServiceOf(request.Path), callAborted);
            if (reference is null)
            {
                CriLog.SandboxImageUnknown(logger, problem);

                // Audit mode never stops a pod.
                return (null, policies.Current.Mode == PolicyMode.Audit ? null : CriAnswers.UnknownSandboxImage(problem ?? ""));
            }

            var (present, failure) = await images.FindAsync(CriServices.ImageServiceOf(request.Path), reference, request.Deadline, callAborted);
            return (reference, present is null ? failure ?? await PullAsync(request, call, reference, callAborted) : null);
        }
        catch (NodeGateException fault)
        {
            CriLog.ContainerFailed(logger, fault, request.Path, SandboxImage);
            return (null, CriAnswers.Failed(SandboxImage, fault));
        }
    }

    // As the kubelet would: decided, recorded, pulled by digest, named. containerd pins an image by its name only when it pulls it itself.
    private async Task<GrpcReply?> PullAsync(GrpcRequest request, ContainerCall call, string reference, CancellationToken callAborted)
    {
        var pull = new PullImageRequest
        {
            Image = new ImageSpec { Image = reference },
            SandboxConfig = new PodSandboxConfig
            {
                Metadata = new PodSandboxMetadata { Name = call.Pod ?? "", Namespace = call.Namespace ?? "", Uid = call.PodUid ?? "" },
            },
        };
        var path = CriServices.ImageServiceOf(request.Path) + "PullImage";
        var reply = await pullImage.HandleAsync(new GrpcRequest(path, CriCalls.CriMetadata, pull.ToByteArray(), request.Deadline), callAborted);
        if (reply.Status != GrpcStatusCode.Ok)
        {
            return reply;
        }

        var pinned = await calls.PinAsync(ImageReference.Parse(reference).ToString(), request.Deadline, callAborted);
        if (pinned.Status != GrpcStatusCode.Ok)
        {
            CriLog.NotPinned(logger, reference, $"{pinned.Status}: {pinned.StatusMessage}");
        }

        return null;
    }

    // containerd may have been configured anew since the last pod, and 2.x does not tell: what the pod was really started with counts.
    private async Task<GrpcReply?> ConfirmAsync(GrpcRequest request, ContainerCall call, ImmutableArray<JudgedImage> judged, string podSandboxId)
    {
        // The pod is there, whether its caller is or not; so this has a limit of its own instead.
        using var limit = new CancellationTokenSource(CriLimits.ConfirmTimeout, time);
        try
        {
            var used = await sandboxes.UsedByAsync(CriServices.RuntimeServiceOf(request.Path), podSandboxId, limit.Token);
            if (used is null || judged[0].Present.Names.Any(name => string.Equals(name.Name, used, StringComparison.Ordinal)))
            {
                return await guard.ConfirmAsync(request, call, judged);
            }

            CriLog.Moved(logger, request.Path, used, judged[0].Present.Id);
            return (await guard.JudgeAsync(request, call with { Images = [Asked(used)] }, limit.Token)).Refusal;
        }
        catch (NodeGateException fault)
        {
            CriLog.ContainerFailed(logger, fault, request.Path, SandboxImage);
            return CriAnswers.Failed(SandboxImage, fault);
        }
        catch (OperationCanceledException fault) when (limit.IsCancellationRequested)
        {
            CriLog.ContainerFailed(logger, fault, request.Path, SandboxImage);
            return CriAnswers.Broken(SandboxImage);
        }
    }

    private static AskedImage Asked(string reference) => new(reference, reference, IsVolume: false);
}
