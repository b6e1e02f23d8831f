using Microsoft.Extensions.Logging;

namespace NodeGate.Webhook.Certificates;

/// <summary>The log messages of the certificates. Ids 7200 to 7249; never reused.</summary>
internal static partial class CertificateLog
{
    [LoggerMessage(7200, LogLevel.Information, "The certificate {Serial} is served from now on; it ends at {Expires}", EventName = "CertificateTaken")]
    internal static partial void Taken(ILogger logger, string serial, string expires);

    [LoggerMessage(7201, LogLevel.Error, "{Problem}", EventName = "CertificateProblem")]
    internal static partial void Problem(ILogger logger, string problem);

    [LoggerMessage(7202, LogLevel.Information, "Certificates: {Step}", EventName = "CertificateStep")]
    internal static partial void Step(ILogger logger, string step);
}
