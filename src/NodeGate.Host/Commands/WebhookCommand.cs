using System.CommandLine;
using NodeGate.Host.Configuration;
using NodeGate.Host.Daemon;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate webhook</c>: the admission webhook.</summary>
internal static class WebhookCommand
{
    private const string Description = """
        Serve admission reviews to the API server over HTTPS: judge the images of pods and workloads by the same policy as the nodes, and put the digest
        that was judged behind the tag. The key 'webhook' of the configuration says where, with which certificate and what is pinned.

        SIGTERM and SIGINT stop it: not ready at once, five seconds later (or with a second signal) no new connections, reviews under way are answered.
        SIGHUP reads the policy again at once.
        Exit codes: 0 stopped, 2 a failure of the environment (address in use, folder not writable, no cluster), 64 bad configuration or policy.

        Examples:
          nodegate webhook --config /etc/nodegate/config.yaml
          nodegate webhook --config config.yaml --log-format json
        """;

    internal static Command Create()
    {
        var command = DaemonCommand.Create("webhook", Description, FindProblem, async (start, signals, cancellationToken) =>
        {
            await using var daemon = await WebhookDaemon.StartAsync(start, cancellationToken);
            await daemon.RunAsync(signals);
        });
        command.Subcommands.Add(WebhookInitCommand.Create());
        return command;
    }

    private static string? FindProblem(NodeGateConfig config) => config.Webhook is { Certificate: null, SelfSigned: null }
        ? "webhook: found no certificate; expected 'certificate' and 'key' with the paths of PEM files, or 'selfSigned' for one of NodeGate's own making"
        : null;
}
