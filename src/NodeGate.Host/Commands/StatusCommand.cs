using System.CommandLine;
using System.Text.Json;
using NodeGate.Host.Control;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate status</c>: asks the running daemon how it stands.</summary>
internal static class StatusCommand
{
    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var output = CommonOptions.Output();
        var command = new Command("status", """
            Ask the running daemon how it stands: policy, trust roots, containerd, sandbox image, exceptions that end soon, decisions so far.

            Exit codes: 0 fine, 1 findings (such as a policy that could not be loaded), 2 the daemon is not reachable, 64 usage or bad configuration.

            Examples:
              nodegate status
              nodegate status --config /etc/nodegate/config.yaml --output json
            """)
        {
            config, output,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(config),
            CommonOptions.IsJson(result, output),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? path, bool json, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (await Problems.LoadConfigAsync(path, error) is not { } config)
        {
            return ExitCode.Usage;
        }

        try
        {
            using var daemon = new ControlClient(ControlSocket.PathFor(config.Listen));
            var status = await daemon.StatusAsync(cancellationToken);
            await output.WriteAsync(json ? JsonSerializer.Serialize(status, ControlJson.Line.StatusReport) + "\n" : StatusText.Of(status));
            return status.Findings.Count == 0 ? ExitCode.Ok : ExitCode.Denied;
        }
        catch (ControlException e)
        {
            await error.WriteLineAsync($"nodegate: {e.Message}");
            return ExitCode.Undetermined;
        }
    }
}
