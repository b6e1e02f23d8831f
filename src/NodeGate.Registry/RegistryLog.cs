using Microsoft.Extensions.Logging;

namespace NodeGate.Registry;

/// <summary>The log lines of this room; identifiers 3000 to 3099.</summary>
internal static partial class RegistryLog
{
    [LoggerMessage(3000, LogLevel.Error, "{File} cannot be used and docker's certificate files are taken instead, as containerd does: {Problem}")]
    internal static partial void HostsFileUnusable(ILogger logger, string file, string problem);

    [LoggerMessage(3001, LogLevel.Warning,
        "{File} names credential helpers ({Names}); they are not run. Put the credentials under 'auths', or let the kubelet's credential provider bring them.")]
    internal static partial void CredentialHelpersIgnored(ILogger logger, string file, string names);

    [LoggerMessage(3002, LogLevel.Warning, "{Host} names the token server {Realm}, which is no part of it: credentials are not sent there")]
    internal static partial void ForeignRealm(ILogger logger, string host, string realm);

    [LoggerMessage(3003, LogLevel.Debug, "{Host}: {Problem} ({What})")]
    internal static partial void HostFailed(ILogger logger, string host, string problem, string what);

    [LoggerMessage(3004, LogLevel.Debug, "{Host}: attempt {Attempt} again after {Delay}: {Problem}")]
    internal static partial void Retrying(ILogger logger, string host, int attempt, TimeSpan delay, string problem);

    [LoggerMessage(3005, LogLevel.Information, "{Host} speaks no TLS; plain http is used, as its configuration says")]
    internal static partial void PlainHttp(ILogger logger, string host);
}
