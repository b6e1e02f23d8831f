using Microsoft.Extensions.Logging;

namespace NodeGate.Host.Daemon;

/// <summary>Logs to stdout: lines with journald's priority prefix, or JSON objects.</summary>
internal static class Logging
{
    internal static ILoggerFactory Create(bool json, LogLevel level) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(level);
        // Kestrel's own chatter about the health endpoint is not the daemon's.
        builder.AddFilter("Microsoft", LogLevel.Warning);
        if (json)
        {
            builder.AddJsonConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            builder.AddSystemdConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
        }
    });
}
