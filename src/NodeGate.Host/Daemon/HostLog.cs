using Microsoft.Extensions.Logging;
using NodeGate.Host.Configuration;

namespace NodeGate.Host.Daemon;

/// <summary>The log messages of the host. Ids 1000 to 1099; never reused.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1000, LogLevel.Information,
        "nodegate {Version} serves {Listen} in front of {Upstream}, policy {Policy} revision {Revision}",
        EventName = "Started")]
    internal static partial void Started(ILogger logger, string version, string listen, string upstream, string policy, string revision);

    [LoggerMessage(1001, LogLevel.Information,
        "Stopping on {Signal}: no new connections, calls under way may finish within {Seconds} s",
        EventName = "Draining")]
    internal static partial void Draining(ILogger logger, string signal, int seconds);

    [LoggerMessage(1002, LogLevel.Information, "Stopped", EventName = "Stopped")]
    internal static partial void Stopped(ILogger logger);

    [LoggerMessage(1003, LogLevel.Information, "Policy {Name} loaded: revision {Before} is now {Revision}", EventName = "PolicyReloaded")]
    internal static partial void PolicyReloaded(ILogger logger, string name, string before, string revision);

    [LoggerMessage(1004, LogLevel.Error, "Policy not loaded, revision {Kept} stays in force: {Error}", EventName = "PolicyRejected")]
    internal static partial void PolicyRejected(ILogger logger, string kept, string error);

    [LoggerMessage(1005, LogLevel.Error, "The audit log could not be written: {Error}", EventName = "AuditFailed")]
    internal static partial void AuditFailed(ILogger logger, string error);

    [LoggerMessage(1006, LogLevel.Warning,
        "The configuration key {Key} is read by a command that this version does not have; it changes nothing",
        EventName = "UnusedKey")]
    internal static partial void UnusedKey(ILogger logger, string key);

    [LoggerMessage(1007, LogLevel.Warning, "{Warning}", EventName = "Warning")]
    internal static partial void Warning(ILogger logger, string warning);

    [LoggerMessage(1008, LogLevel.Warning, "A request on the control socket was refused: {Path}: {Problem}", EventName = "ControlRefused")]
    internal static partial void ControlRefused(ILogger logger, string path, string problem);

    [LoggerMessage(1009, LogLevel.Error, "The image {Image} ({Id}) could not be judged", EventName = "NotJudged")]
    internal static partial void NotJudged(ILogger logger, Exception exception, string image, string id);

    [LoggerMessage(1010, LogLevel.Warning,
        "The exception {Exception} of {Owner} ends on {Expires}: sign its images, or agree on a later date",
        EventName = "ExceptionEndsSoon")]
    internal static partial void ExceptionEndsSoon(ILogger logger, string exception, string owner, string expires);

    [LoggerMessage(1011, LogLevel.Warning,
        "The exception {Exception} of {Owner} ended on {Expires} and exempts nothing any more: take it out of the policy",
        EventName = "ExceptionEnded")]
    internal static partial void ExceptionEnded(ILogger logger, string exception, string owner, string expires);

    [LoggerMessage(1012, LogLevel.Error, "A request on the control socket failed: {Path}", EventName = "ControlFailed")]
    internal static partial void ControlFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(1013, LogLevel.Information,
        "Pods are started with {Image}, which is admitted: {Reason}: {Message}",
        EventName = "SandboxImageAdmitted")]
    internal static partial void SandboxImageAdmitted(ILogger logger, string image, string reason, string message);

    [LoggerMessage(1014, LogLevel.Warning,
        "Pods are started with {Image}, which is not admitted: {Decision}: {Reason}: {Message}",
        EventName = "SandboxImageNotAdmitted")]
    internal static partial void SandboxImageNotAdmitted(ILogger logger, string image, string decision, string reason, string message);

    [LoggerMessage(1015, LogLevel.Information,
        "nodegate {Version} serves reviews at https://{Listen}, policy {Policy} revision {Revision}",
        EventName = "WebhookStarted")]
    internal static partial void WebhookStarted(ILogger logger, string version, string listen, string policy, string revision);

    [LoggerMessage(1016, LogLevel.Information,
        "Stopping on {Signal}: not ready any more, requests are taken for {LeaveSeconds} s, reviews under way may finish within {Seconds} s more",
        EventName = "Leaving")]
    internal static partial void Leaving(ILogger logger, string signal, int leaveSeconds, int seconds);

    [LoggerMessage(1020, LogLevel.Information, "Trust root {Name}: {Outcome}: {Detail}", EventName = "TrustRefreshed")]
    internal static partial void TrustRefreshed(ILogger logger, string name, string outcome, string detail);

    [LoggerMessage(1021, LogLevel.Warning,
        "Trust root {Name} not refreshed, what is on disk stays in use: {Outcome}: {Detail}",
        EventName = "TrustNotRefreshed")]
    internal static partial void TrustNotRefreshed(ILogger logger, string name, string outcome, string detail);

    /// <summary>Says of each key that was set and changes nothing.</summary>
    internal static void UnusedKeys(ILogger logger, NodeGateConfig config)
    {
        foreach (var key in config.UnusedKeys)
        {
            UnusedKey(logger, key);
        }
    }
}
