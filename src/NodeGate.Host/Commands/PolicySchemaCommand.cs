using System.CommandLine;
using NodeGate.Policy;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate policy schema</c>.</summary>
internal static class PolicySchemaCommand
{
    internal static Command Create()
    {
        var command = new Command("schema", """
            Print the JSON schema of a policy document, for editors.

            Examples:
              nodegate policy schema > /etc/nodegate/policy.schema.json
              # first line of a policy, for editors with the YAML language server:
              # yaml-language-server: $schema=/etc/nodegate/policy.schema.json
            """);
        command.SetAction((result, _) => PrintAsync(result.InvocationConfiguration.Output));
        return command;
    }

    private static async Task<int> PrintAsync(TextWriter output)
    {
        await output.WriteAsync(PolicySchema.Text);
        return ExitCode.Ok;
    }
}
