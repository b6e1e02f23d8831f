using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Conformance;

/// <summary>The client that the public conformance suites drive, as a process.</summary>
internal static class ConformanceClient
{
    internal static Task<CommandResult> RunAsync(params IEnumerable<string> arguments) =>
        Command.RunAsync(Path.Combine(AppContext.BaseDirectory, "nodegate-conformance"), arguments);
}
