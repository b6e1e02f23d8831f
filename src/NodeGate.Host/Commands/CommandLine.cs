using System.CommandLine;

namespace NodeGate.Host.Commands;

/// <summary>The commands of design.md section 4: parsing, help with examples, exit codes.</summary>
internal static class CommandLine
{
    /// <summary>Parses <paramref name="args"/> and runs the command. Usage errors are listed, with a hint, and exit 64.</summary>
    internal static async Task<int> InvokeAsync(string[] args, TextWriter output, TextWriter error)
    {
        // Before anything else: containerd waits for this one at every pull, and its options are Go's.
        if (args is [ImageVerifierCommand.Name, .. var rest] && !rest.Contains("--help", StringComparer.Ordinal))
        {
            await using var input = Console.OpenStandardInput();
            return await ImageVerifierCommand.RunAsync(rest, input, output, CancellationToken.None);
        }

        // Signals are not the library's: its handler would end `run` two seconds after SIGTERM, in the middle of a drain, and cancel one that is
        // still starting. `run` catches them itself; the other commands keep nothing and end by them.
        var settings = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        var root = Build();
        if (args.Length == 0)
        {
            await root.Parse(["--help"]).InvokeAsync(settings);
            return ExitCode.Usage;
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync($"nodegate: {problem.Message}");
            }

            await error.WriteLineAsync($"Try 'nodegate {CommandPath(parsed.CommandResult)}--help'.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(settings);
    }

    private static RootCommand Build()
    {
        var root = new RootCommand("""
            NodeGate decides, on every Kubernetes node, whether an image may be pulled.

            Examples:
              nodegate run --config /etc/nodegate/config.yaml
              nodegate verify --policy /etc/nodegate/policy.d ghcr.io/org/app:1.4
              nodegate policy lint /etc/nodegate/policy.d
            """);
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(WebhookCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(ScanCommand.Create());
        root.Subcommands.Add(PolicyCommand.Create());
        root.Subcommands.Add(AuditCommand.Create());
        root.Subcommands.Add(TrustCommand.Create());
        root.Subcommands.Add(ImageVerifierCommand.Create());
        root.Subcommands.Add(VersionCommand.Create());
        return root;
    }

    private static string CommandPath(System.CommandLine.Parsing.CommandResult result)
    {
        var names = new List<string>();
        for (var at = result; at?.Parent is System.CommandLine.Parsing.CommandResult parent; at = parent)
        {
            names.Insert(0, at.Command.Name);
        }

        return names.Count == 0 ? "" : string.Join(' ', names) + " ";
    }
}
