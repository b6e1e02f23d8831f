namespace NodeGate.Testing.RealParts;

/// <summary>What a program that ran to its end gave back.</summary>
public sealed record CommandResult(string CommandLine, int ExitCode, string StandardOutput, string StandardError)
{
    /// <summary>Standard output without the last line break.</summary>
    public string Text => StandardOutput.TrimEnd();

    public CommandResult EnsureSuccess() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"{CommandLine}\nended with {ExitCode}\n{StandardOutput}{StandardError}");

    public override string ToString() => $"{CommandLine}\n=> {ExitCode}\n{StandardOutput}{StandardError}";
}
