using System.CommandLine;
using NodeGate.Conformance.Bundles;
using NodeGate.Conformance.Tuf;

// The client that the public conformance suites drive. Each suite has its own protocol; exit code 0 is success, anything else is not.
var root = new RootCommand("NodeGate as a client of the public conformance suites.");
root.Subcommands.Add(VerifyBundleCommand.Create());
TufCommands.AddTo(root);
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var problem in parsed.Errors)
    {
        await Console.Error.WriteLineAsync($"nodegate-conformance: {problem.Message}");
    }

    var command = parsed.CommandResult.Command;
    await root.Parse(command == root ? ["--help"] : [command.Name, "--help"]).InvokeAsync(new InvocationConfiguration { Output = Console.Error });
    return 64;
}

// The default handler would end a crash with 1, which is the answer "not verified".
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
