using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The product's version with the commit it was built from, where the build knew it.</summary>
    internal static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    internal static Command Create()
    {
        var command = new Command("version", "Print the version, the runtime and the platform.");
        command.SetAction(result =>
        {
            result.InvocationConfiguration.Output.WriteLine(
                $"nodegate {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
            return ExitCode.Ok;
        });
        return command;
    }
}
