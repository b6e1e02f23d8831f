using Microsoft.Extensions.Logging;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>The log messages of what is asked of the API server. Ids 7250 to 7299; never reused.</summary>
internal static partial class KubernetesLog
{
    [LoggerMessage(7250, LogLevel.Debug, "The owner is not found, so that the object is judged itself: {Problem}", EventName = "OwnerNotFound")]
    internal static partial void OwnerNotFound(ILogger logger, string problem);

    [LoggerMessage(7251, LogLevel.Warning, "Pull secrets: {Problem}", EventName = "PullSecretProblem")]
    internal static partial void PullSecretProblem(ILogger logger, string problem);

    [LoggerMessage(7252, LogLevel.Information, "The API server's authorities are read from {File}", EventName = "AuthoritiesRead")]
    internal static partial void AuthoritiesRead(ILogger logger, string file);
}
