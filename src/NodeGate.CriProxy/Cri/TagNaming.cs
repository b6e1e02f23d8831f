using Google.Protobuf;
using NodeGate.CriProxy.Cri.Containerd;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// Gives a pulled image the tag that was asked for (design.md section 2, step 9; cri.md section 3.2). A pull by digest creates no tag, yet the
/// kubelet asks for the tag next and takes "absent" for "no user": it must resolve, and to nothing but the verified digest.
/// </summary>
internal sealed class TagNaming(CriCalls containerd, TimeProvider time)
{
    private readonly TagLocks _locks = new();

    /// <summary>
    /// Makes <c>repository:tag</c> a name of the digest in <paramref name="permit"/> and waits until the CRI service <paramref name="service"/>
    /// shows <paramref name="imageId"/> under it. Null when it does; else what went wrong. Should somebody else move the tag
    /// meanwhile, it is moved back: only this digest was verified.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<string?> NameAsync(AdmittedImage permit, string imageId, string service, CancellationToken callAborted)
    {
        using var timeout = new CancellationTokenSource(CriLimits.NamingTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(callAborted, timeout.Token);
        var attempt = new Attempt(permit, imageId, service, time.GetUtcNow() + CriLimits.NamingTimeout);
        try
        {
            using var turn = await _locks.EnterAsync(attempt.Tag, either.Token);
            return await NameAsync(attempt, either.Token);
        }
        catch (OperationCanceledException) when (!callAborted.IsCancellationRequested && timeout.IsCancellationRequested)
        {
            return $"{attempt.Seen} after {CriLimits.NamingTimeout.TotalSeconds} seconds.";
        }
    }

    private async Task<string?> NameAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        // The descriptor is containerd's own record of what it pulled, so the size and type are those of the content it holds.
        var pulled = await containerd.GetAsync(attempt.Pulled, attempt.Deadline, cancellationToken);
        if (pulled.Status != GrpcStatusCode.Ok)
        {
            return $"Images/Get of the pulled image: {Failure(pulled)}";
        }

        if (!TryReadTarget(pulled, out var target) || !string.Equals(target.Digest, attempt.Digest, StringComparison.Ordinal))
        {
            return $"the record of the pulled image names {target?.Digest ?? "nothing"} instead of {attempt.Digest}.";
        }

        var pause = CriLimits.FirstNamingPause;
        while (true)
        {
            if (await SetAsync(attempt, target, cancellationToken) is { } fault)
            {
                return fault;
            }

            // containerd's CRI learns of the name through an event (cri.md section 3), so it may take a moment.
            var status = await containerd.StatusAsync(attempt.Service, attempt.Tag, attempt.Deadline, cancellationToken);
            if (status.Status != GrpcStatusCode.Ok)
            {
                return $"ImageStatus: {Failure(status)}";
            }

            if (!TryReadId(status, out var id))
            {
                return "ImageStatus: the answer is not valid protobuf.";
            }

            if (string.Equals(id, attempt.ImageId, StringComparison.Ordinal))
            {
                return null;
            }

            attempt.Seen = id.Length == 0 ? "the name is still absent" : "the name still shows another image";
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < CriLimits.LongestNamingPause ? pause * 2 : CriLimits.LongestNamingPause;
        }
    }

    // Null when the record of the tag names the verified digest and is managed, or will be looked at again.
    private async Task<string?> SetAsync(Attempt attempt, TargetDescriptor target, CancellationToken cancellationToken)
    {
        var current = await containerd.GetAsync(attempt.Tag, attempt.Deadline, cancellationToken);
        if (current.Status == GrpcStatusCode.NotFound)
        {
            var created = await containerd.CreateAsync(attempt.Tag, target, attempt.Deadline, cancellationToken);
            if (created.Status != GrpcStatusCode.AlreadyExists)
            {
                return created.Status == GrpcStatusCode.Ok ? null : $"Images/Create: {Failure(created)}";
            }
        }
        else if (current.Status != GrpcStatusCode.Ok)
        {
            return $"Images/Get of the tag: {Failure(current)}";
        }
        else if (IsDone(current, attempt.Digest))
        {
            return null;
        }

        var updated = await containerd.UpdateAsync(attempt.Tag, target, attempt.Deadline, cancellationToken);

        // Deleted since we looked: ImageStatus shows it absent and the next round creates it.
        return updated.Status is GrpcStatusCode.Ok or GrpcStatusCode.NotFound ? null : $"Images/Update: {Failure(updated)}";
    }

    private static bool IsDone(GrpcReply reply, string digest) =>
        TryReadImage(reply, out var image) && image.Labels.ContainsKey(CriCalls.ManagedLabel)
        && string.Equals(image.Target?.Digest, digest, StringComparison.Ordinal);

    private static bool TryReadTarget(GrpcReply reply, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TargetDescriptor? target)
    {
        target = TryReadImage(reply, out var image) ? image.Target : null;
        return target is not null;
    }

    private static bool TryReadImage(GrpcReply reply, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Containerd.Image? image)
    {
        try
        {
            image = GetImageResponse.Parser.ParseFrom(reply.Message.GetValueOrDefault().Span).Image;
        }
        catch (InvalidProtocolBufferException)
        {
            image = null;
        }

        return image is not null;
    }

    private static bool TryReadId(GrpcReply reply, out string id)
    {
        try
        {
            id = ImageStatusResponse.Parser.ParseFrom(reply.Message.GetValueOrDefault().Span).Image?.Id ?? "";
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            id = "";
            return false;
        }
    }

    private static string Failure(GrpcReply reply) => $"{reply.Status}: {reply.StatusMessage}";

    private sealed class Attempt(AdmittedImage permit, string imageId, string service, DateTimeOffset deadline)
    {
        public string Tag { get; } = permit.Reference.ToString();

        public string Pulled { get; } = permit.PullReference.ToString();

        public string Digest { get; } = permit.Digest!.ToString();

        public string ImageId => imageId;

        public string Service => service;

        public DateTimeOffset Deadline => deadline;

        public string Seen { get; set; } = "the name could not be looked at";
    }
}
