using System.CommandLine;
using NodeGate.Host.Daemon;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate run</c>: the node daemon.</summary>
internal static class RunCommand
{
    internal static Command Create() => DaemonCommand.Create(
        "run",
        """
        Serve the CRI socket in front of containerd. The kubelet's imageServiceEndpoint (or --image-service-endpoint) is pointed at it.

        SIGTERM and SIGINT stop it once the calls under way are answered; SIGHUP reads the policy again at once.
        Exit codes: 0 stopped, 2 a failure of the environment (socket in use, folder not writable), 64 bad configuration or policy.

        Examples:
          nodegate run --config /etc/nodegate/config.yaml
          nodegate run --config config.yaml --log-format json
        """,
        _ => null,
        async (start, signals, cancellationToken) =>
        {
            await using var daemon = await NodeGateDaemon.StartAsync(start.Config, start.Folder, start.Policy, start.Loggers, cancellationToken);
            await daemon.RunAsync(signals);
        });
}
