using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Cri.Containers;

/// <summary>
/// Step 12 of design.md section 2: judges every image of a request that makes containers, for the pod's own namespace, before anything of it
/// reaches containerd; and afterwards whether containerd used what was judged.
/// </summary>
internal sealed class ContainerGuard(IImageGate gate, ImageFinder finder, TimeProvider time, ILogger logger)
{
    /// <summary>Judges all images of <paramref name="call"/>: either all are admitted, or the answer says which one is not and why.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<(ImmutableArray<JudgedImage> Images, GrpcReply? Refusal)> JudgeAsync(
        GrpcRequest request, ContainerCall call, CancellationToken callAborted)
    {
        var service = CriServices.ImageServiceOf(request.Path);
        var found = new Dictionary<string, PresentImage>(StringComparer.Ordinal);
        foreach (var batch in call.Images.DistinctBy(image => image.Image, StringComparer.Ordinal).Chunk(CriLimits.ParallelLookups))
        {
            foreach (var (image, present, refusal) in await Task.WhenAll(batch.Select(image => FindAsync(request, service, image, callAborted))))
            {
                if (present is null)
                {
                    return ([], refusal);
                }

                found.Add(image.Image, present);
            }
        }

        var judged = ImmutableArray.CreateBuilder<JudgedImage>(call.Images.Length);
        foreach (var image in call.Images)
        {
            var candidate = new JudgedImage(image, found[image.Image]);
            if (await RefuseAsync(request, call, candidate, callAborted) is { } refusal)
            {
                return ([], refusal);
            }

            judged.Add(candidate);
        }

        return (judged.DrainToImmutable(), null);
    }

    /// <summary>
    /// Looks at the images again once containerd has made the containers: a tag that moved in between (a pull by somebody else, above all) made
    /// them from what nobody judged (cri.md section 3). Null where all is as it was, or what it became is admitted as well.
    /// </summary>
    /// <remarks>Goes on when the caller has gone away: the container is there all the same. It has a limit of its own instead.</remarks>
    public async Task<GrpcReply?> ConfirmAsync(GrpcRequest request, ContainerCall call, ImmutableArray<JudgedImage> images)
    {
        using var limit = new CancellationTokenSource(CriLimits.ConfirmTimeout, time);
        var confirming = request with { Deadline = null };
        try
        {
            var service = CriServices.ImageServiceOf(request.Path);
            foreach (var batch in images.Chunk(CriLimits.ParallelLookups))
            {
                var looks = await Task.WhenAll(batch.Select(image => FindAsync(confirming, service, image.Asked, limit.Token)));
                foreach (var (image, (_, present, refusal)) in batch.Zip(looks))
                {
                    if (present is null)
                    {
                        return refusal;
                    }

                    if (image.IsStill(present))
                    {
                        continue;
                    }

                    CriLog.Moved(logger, request.Path, ForLog(image.Asked.Shown), image.Present.Id);
                    if (await RefuseAsync(confirming, call, image with { Present = present }, limit.Token) is { } refused)
                    {
                        return refused;
                    }
                }
            }

            return null;
        }
        catch (OperationCanceledException fault) when (limit.IsCancellationRequested)
        {
            CriLog.ContainerFailed(logger, fault, request.Path, ForLog(images[0].Asked.Shown));
            return CriAnswers.Broken(images[0].Asked.Shown);
        }
    }

    private async Task<(AskedImage Image, PresentImage? Present, GrpcReply? Refusal)> FindAsync(
        GrpcRequest request, string service, AskedImage image, CancellationToken cancellationToken)
    {
        try
        {
            var (present, failure) = await finder.FindAsync(service, image.Image, request.Deadline, cancellationToken);
            return (image, present, present is null ? failure ?? CriAnswers.MissingImage(image.Image, image.IsVolume) : null);
        }
        catch (NodeGateException fault)
        {
            CriLog.ContainerFailed(logger, fault, request.Path, ForLog(image.Shown));
            return (image, null, CriAnswers.Failed(image.Shown, fault));
        }
    }

    // Null when it is admitted. A gate that breaks its promise that failures are decisions admits nothing.
    private async Task<GrpcReply?> RefuseAsync(GrpcRequest request, ContainerCall call, JudgedImage image, CancellationToken cancellationToken)
    {
        Decision decision;
        try
        {
            decision = await gate.JudgeContainerAsync(
                new ContainerRequest
                {
                    Image = image.Present,
                    Written = image.Asked.Written,
                    Namespace = call.Namespace,
                    Pod = call.Pod,
                    PodUid = call.PodUid,
                },
                cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            CriLog.ContainerFailed(logger, fault, request.Path, ForLog(image.Asked.Shown));
            return CriAnswers.Broken(image.Asked.Shown);
        }

        if (decision is Decision.Admitted)
        {
            return null;
        }

        if (logger.IsEnabled(LogLevel.Information))
        {
            CriLog.ContainerRefused(
                logger,
                request.Path,
                ForLog(image.Asked.Shown),
                image.Present.Id,
                call.Namespace is null ? null : ForLog(call.Namespace),
                decision.Reason.ToString(),
                decision.Message);
        }

        return CriAnswers.Refusal(image.Asked.Shown, decision);
    }

    private static string ForLog(string text) => AnswerText.Clean(text, CriLimits.MaxSentenceInAnswer);
}
