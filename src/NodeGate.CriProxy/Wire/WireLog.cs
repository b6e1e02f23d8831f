using Microsoft.Extensions.Logging;

namespace NodeGate.CriProxy.Wire;

/// <summary>Events 6000 to 6049.</summary>
internal static partial class WireLog
{
    [LoggerMessage(6000, LogLevel.Information, "Listening on {Socket}; calls go to {Upstream}")]
    public static partial void Listening(ILogger logger, string socket, string upstream);

    [LoggerMessage(6001, LogLevel.Information, "Replaced the stale socket file {Socket}: nobody was listening on it")]
    public static partial void StaleSocketReplaced(ILogger logger, string socket);

    [LoggerMessage(6002, LogLevel.Warning, "A connection was closed: {Reason}")]
    public static partial void ConnectionFailed(ILogger logger, string reason);

    [LoggerMessage(6003, LogLevel.Warning, "A connection was refused: {Limit} connections are open already")]
    public static partial void TooManyConnections(ILogger logger, int limit);

    [LoggerMessage(6004, LogLevel.Warning, "Accepting a connection failed ({Error}); trying again")]
    public static partial void AcceptFailed(ILogger logger, string error);

    [LoggerMessage(6005, LogLevel.Warning, "{Upstream} cannot be reached: {Error}; calls are held until it can")]
    public static partial void UpstreamUnreachable(ILogger logger, string upstream, string error);

    [LoggerMessage(6006, LogLevel.Information, "{Upstream} answers again")]
    public static partial void UpstreamReachable(ILogger logger, string upstream);

    [LoggerMessage(6007, LogLevel.Error, "The gated call {Path} failed")]
    public static partial void GatedCallFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(6008, LogLevel.Information, "Draining: {Connections} connections have calls in flight")]
    public static partial void Draining(ILogger logger, int connections);

    [LoggerMessage(6009, LogLevel.Warning, "The connection to {Upstream} was closed: {Reason}")]
    public static partial void UpstreamFailed(ILogger logger, string upstream, string reason);

    [LoggerMessage(6010, LogLevel.Warning, "{Upstream} did not answer {Path} in time; calls are sent to it all the same")]
    public static partial void UpstreamProbeTimedOut(ILogger logger, string upstream, string path);
}
