using System.CommandLine;
using Microsoft.Extensions.Logging;
using NodeGate.Host.Configuration;
using NodeGate.Host.Daemon;
using NodeGate.Host.Trust;
using NodeGate.Oci;

namespace NodeGate.Host.Commands;

/// <summary>A command that serves until a signal: its options, what it reads before, and how it ends.</summary>
internal static class DaemonCommand
{
    /// <param name="name">The command's name.</param>
    /// <param name="description">Its help.</param>
    /// <param name="findProblem">What the configuration lacks for this daemon, as found and expected; null where it lacks nothing.</param>
    /// <param name="serve">Serves until a signal.</param>
    internal static Command Create(
        string name, string description, Func<NodeGateConfig, string?> findProblem, Func<DaemonStart, DaemonSignals, CancellationToken, Task> serve)
    {
        var config = CommonOptions.Config();
        var logFormat = CommonOptions.LogFormat();
        var logLevel = CommonOptions.LogLevel();
        var command = new Command(name, description) { config, logFormat, logLevel };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var loggers = Logging.Create(result.GetValue(logFormat) == "json", Level(result.GetValue(logLevel)));
            return await RunAsync(result.GetValue(config), loggers, result.InvocationConfiguration.Error, findProblem, serve, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string? path,
        ILoggerFactory loggers,
        TextWriter error,
        Func<NodeGateConfig, string?> findProblem,
        Func<DaemonStart, DaemonSignals, CancellationToken, Task> serve,
        CancellationToken cancellationToken)
    {
        if (await Problems.LoadConfigAsync(path, error) is not { } config)
        {
            return ExitCode.Usage;
        }

        if (findProblem(config) is { } problem)
        {
            await error.WriteLineAsync($"nodegate: {path ?? CommonOptions.DefaultConfigPath}: {problem}");
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
            await serve(new DaemonStart(config, folder, policy, loggers), signals, cancellationToken);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is NodeGateException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"nodegate: {e.Message}");
            return ExitCode.Undetermined;
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
