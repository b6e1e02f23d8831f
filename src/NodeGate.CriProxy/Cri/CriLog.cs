using Microsoft.Extensions.Logging;

namespace NodeGate.CriProxy.Cri;

/// <summary>The log of the gated methods: ids 6100 to 6199. The audit log is the record of decisions; these lines are for the journal.</summary>
internal static partial class CriLog
{
    [LoggerMessage(6100, LogLevel.Information,
        "PullImage {Image} in {Namespace}: {Decision} ({Reason}), digest {Digest}, rule {Rule}, cached {Cached}, {DurationMs} ms; answered {Status}")]
    public static partial void Pulled(
        ILogger logger,
        string image,
        string? @namespace,
        string decision,
        string reason,
        string? digest,
        string? rule,
        bool cached,
        double durationMs,
        string status);

    [LoggerMessage(6101, LogLevel.Error, "PullImage {Image}: judging it failed, so it is not pulled")]
    public static partial void JudgingFailed(ILogger logger, Exception fault, string image);

    [LoggerMessage(6102, LogLevel.Error, "PullImage {Image}: it was pulled as {ImageId} but that could not be recorded")]
    public static partial void RecordingFailed(ILogger logger, Exception fault, string image, string imageId);

    [LoggerMessage(6103, LogLevel.Warning, "PullImage {Image}: it was pulled as {ImageId} but has no tag: {Fault}")]
    public static partial void NamingFailed(ILogger logger, string image, string imageId, string fault);

    [LoggerMessage(6104, LogLevel.Warning, "{Method} was refused: {Fault}")]
    public static partial void Unreadable(ILogger logger, string method, string fault);

    [LoggerMessage(6105, LogLevel.Information, "ImageStatus {Image}: {ImageId} is on the node but reported absent ({Reason}: {Message})")]
    public static partial void Hidden(ILogger logger, string image, string imageId, string? reason, string? message);

    [LoggerMessage(6106, LogLevel.Error, "ImageStatus {Image}: {ImageId} could not be judged, so the call fails")]
    public static partial void PresenceFailed(ILogger logger, Exception fault, string image, string imageId);

    [LoggerMessage(6107, LogLevel.Error, "{Method} {Image}: containerd's answer cannot be used: {Fault}")]
    public static partial void UnusableReply(ILogger logger, string method, string image, string fault);

    [LoggerMessage(6108, LogLevel.Information, "{Path} {Image}: {ImageId} must not run in {Namespace} ({Reason}: {Message})")]
    public static partial void ContainerRefused(ILogger logger, string path, string image, string imageId, string? @namespace, string reason, string message);

    [LoggerMessage(6109, LogLevel.Error, "{Path} {Image}: it could not be judged, so no container is made of it")]
    public static partial void ContainerFailed(ILogger logger, Exception fault, string path, string image);

    [LoggerMessage(6110, LogLevel.Warning, "{Path} {Image}: {ImageId} or one of its names changed while the container was made; it is judged again")]
    public static partial void Moved(ILogger logger, string path, string image, string imageId);

    [LoggerMessage(6111, LogLevel.Error, "{Method}: what was made of an image that is not admitted could not be removed: {Fault}")]
    public static partial void NotRemoved(ILogger logger, string method, string fault);

    [LoggerMessage(6112, LogLevel.Error, "RunPodSandbox: which image pods are started with is not known: {Problem}")]
    public static partial void SandboxImageUnknown(ILogger logger, string? problem);

    [LoggerMessage(6113, LogLevel.Warning, "RunPodSandbox: {Image} was pulled but could not be pinned, so the kubelet may remove it: {Fault}")]
    public static partial void NotPinned(ILogger logger, string image, string fault);
}
