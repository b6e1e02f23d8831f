namespace NodeGate.Testing.RealParts;

/// <summary>The built nodegate: the one of this test's own configuration, or $NODEGATE_BINARY (the published file).</summary>
public static class NodeGateCommand
{
    /// <summary>Null when it was not built.</summary>
    public static string? Executable { get; } = Find();

    public static Task<CommandResult> RunAsync(params IEnumerable<string> arguments) => Command.RunAsync(Required(), arguments);

    internal static string Required() => Executable
        ?? throw new InvalidOperationException("nodegate is not built: `dotnet build src/NodeGate.Host`, or set NODEGATE_BINARY");

    // artifacts/bin/NodeGate.EndToEnd/release/ → artifacts/bin/NodeGate.Host/release/nodegate
    private static string? Find()
    {
        var configured = Environment.GetEnvironmentVariable("NODEGATE_BINARY");
        if (!string.IsNullOrEmpty(configured))
        {
            return Path.GetFullPath(configured);
        }

        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var built = Path.Combine(own.Parent?.Parent?.FullName ?? "/", "NodeGate.Host", own.Name, "nodegate");
        return File.Exists(built) ? built : null;
    }
}
