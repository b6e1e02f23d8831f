using Microsoft.Extensions.Logging;

namespace NodeGate.Webhook.Serving;

/// <summary>The log messages of the listener. Ids 7000 to 7099; never reused.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(7000, LogLevel.Information, "Reviews are served at https://{EndPoint}", EventName = "Serving")]
    internal static partial void Serving(ILogger logger, string endPoint);

    [LoggerMessage(7001, LogLevel.Error, "A request to {Path} failed", EventName = "RequestFailed")]
    internal static partial void RequestFailed(ILogger logger, Exception exception, ReviewPath path);

    // Whoever reaches the port can cause it: the metrics count it always, the log shows it to who asks.
    [LoggerMessage(7002, LogLevel.Debug, "A request to {Path} was refused with {Status}: {Problem}", EventName = "RequestRefused")]
    internal static partial void RequestRefused(ILogger logger, ReviewPath path, int status, string problem);

    [LoggerMessage(7003, LogLevel.Error,
        "A review was not answered within {Milliseconds} ms and is refused without its decision",
        EventName = "ReviewLate")]
    internal static partial void ReviewLate(ILogger logger, int milliseconds);

    [LoggerMessage(7004, LogLevel.Information,
        "Clients of {Count} certificate authorities in {Path} may ask for reviews",
        EventName = "ClientAuthoritiesRead")]
    internal static partial void ClientAuthoritiesRead(ILogger logger, int count, string path);

    [LoggerMessage(7005, LogLevel.Error,
        "The client authorities are not read again, the last good ones stay in force: {Problem}",
        EventName = "ClientAuthoritiesRejected")]
    internal static partial void ClientAuthoritiesRejected(ILogger logger, string problem);
}
