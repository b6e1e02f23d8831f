using Microsoft.Extensions.Logging;

namespace NodeGate.Webhook.Reviews;

/// <summary>The log messages of reviews. Ids 7300 to 7399; never reused.</summary>
internal static partial class ReviewLog
{
    [LoggerMessage(7300, LogLevel.Information,
        "{Operation} of {Object} in namespace {Namespace} is refused with {Code}: {Message}",
        EventName = "ReviewRefused")]
    internal static partial void Refused(ILogger logger, ReviewOperation operation, string @object, string? @namespace, int code, string message);
}
