using System.CommandLine;
using Microsoft.Extensions.Logging;
using NodeGate.Host.Daemon;
using NodeGate.Host.Trust;
using NodeGate.Oci;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate run</c>: the node daemon.</summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var logFormat = CommonOptions.LogFormat();
        var logLevel = CommonOptions.LogLevel();
        var command = new Command("run", """
            Serve the CRI socket in front of containerd. The kubelet's imageServiceEndpoint (or --image-service-endpoint) is pointed at it.

            SIGTERM and SIGINT stop it once the calls under way are answered; SIGHUP reads the policy again at once.
            Exit codes: 0 stopped, 2 a failure of the environment (socket in use, folder not writable), 64 bad configuration or policy.

            Examples:
              nodegate run --config /etc/nodegate/config.yaml
              nodegate run --config config.yaml --log-format json
            """)
        {
            config, logFormat, logLevel,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(config),
            Logging.Create(result.GetValue(logFormat) == "json", Level(result.GetValue(logLevel))),
            result.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? path, ILoggerFactory loggers, TextWriter error, CancellationToken cancellationToken)
    {
        using (loggers)
        {
            if (await Problems.LoadConfigAsync(path, error) is not { } config)
            {
                return ExitCode.Usage;
            }

            var folder = new PolicyFolder(config.Policy, new TufTrustStore(config.State, TimeProvider.System));
            if (await Problems.LoadPolicyAsync(folder, error) is not { } policy)
            {
                return ExitCode.Usage;
            }

            using var signals = new DaemonSignals();
            try
            {
                await using var daemon = await NodeGateDaemon.StartAsync(config, folder, policy, loggers, cancellationToken);
                await daemon.RunAsync(signals);
                return ExitCode.Ok;
            }
            catch (Exception e) when (e is NodeGateException or IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync($"nodegate: {e.Message}");
                return ExitCode.Undetermined;
            }
        }
    }

    private static LogLevel Level(string? name) => name switch
    {
        "debug" => LogLevel.Debug,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
