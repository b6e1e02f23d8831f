using System.Collections.Immutable;
using System.CommandLine;
using NodeGate.Host.Configuration;
using NodeGate.Host.Daemon;
using NodeGate.Host.Trust;
using NodeGate.Policy;
using NodeGate.Policy.Importing;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate policy import</c>: the policies of other systems as NodeGate's document, exactly or not at all.</summary>
internal static class PolicyImportCommand
{
    private static readonly ImmutableArray<(string Word, ImportSource Source)> Sources =
    [
        ("cluster-image-policy", ImportSource.ClusterImagePolicy),
        ("kyverno", ImportSource.Kyverno),
        ("connaisseur", ImportSource.Connaisseur),
        ("notation", ImportSource.NotationTrustPolicy),
        ("containers", ImportSource.ContainersPolicy),
        ("portieris", ImportSource.Portieris),
    ];

    internal static Command Create()
    {
        var words = Sources.Select(s => s.Word).ToArray();
        var from = new Option<string>("--from") { Description = "The system that the files are of.", HelpName = string.Join('|', words), Required = true };
        from.AcceptOnlyFromAmong(words);
        var output = new Option<string?>("--output", "-o") { Description = "Where the policy is written; without it, standard output.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Write over an existing file." };
        var files = new Argument<string[]>("FILE") { Description = "The files in that system's syntax; all of them are one policy.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("import", """
            Write the policies of another system as NodeGate's document: the same images are admitted and refused, or nothing is written.
            Contacts nothing. What to know about the result is said on standard error.

            Exit codes: 0 written, 1 something cannot be kept exactly (each with file, line, why, and what to write by hand), 64 usage.

            Examples:
              kubectl get clusterimagepolicies -o yaml > cip.yaml
              nodegate policy import --from cluster-image-policy --output policy.yaml cip.yaml
              nodegate policy import --from containers /etc/containers/policy.json
            """)
        {
            from, output, force, files,
        };
        command.SetAction((result, _) => ImportAsync(
            Sources.First(s => s.Word == result.GetValue(from)).Source,
            result.GetRequiredValue(files),
            result.GetValue(output),
            result.GetValue(force),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<int> ImportAsync(
        ImportSource source, IReadOnlyList<string> paths, string? target, bool force, TextWriter output, TextWriter error)
    {
        if (await ReadAsync(paths, error) is not { } files)
        {
            return ExitCode.Usage;
        }

        var result = PolicyImporter.Import(source, files, new NamedFiles(new TufTrustStore(new NodeGateConfig().State, TimeProvider.System)));
        foreach (var problem in result.Errors)
        {
            await error.WriteLineAsync($"nodegate: {problem}");
        }

        if (result.Document is not { } document)
        {
            await error.WriteLineAsync($"nodegate: nothing was written: {result.Errors.Length} of it cannot be kept exactly.");
            return ExitCode.Denied;
        }

        foreach (var note in result.Notes)
        {
            await error.WriteLineAsync($"note: {note}");
        }

        if (target is null)
        {
            await output.WriteAsync(document);
            return ExitCode.Ok;
        }

        return await WriteAsync(target, document, force, error) ? ExitCode.Ok : ExitCode.Usage;
    }

    /// <summary>All files, or null after each that cannot be read was told.</summary>
    private static async Task<ImmutableArray<PolicyFile>?> ReadAsync(IReadOnlyList<string> paths, TextWriter error)
    {
        var files = ImmutableArray.CreateBuilder<PolicyFile>();
        foreach (var path in paths)
        {
            if (PolicyFolder.TryRead(path, PolicyLimits.MaxFileBytes + 1, out var content, out var problem))
            {
                files.Add(new PolicyFile(path, content));
            }
            else
            {
                await error.WriteLineAsync($"nodegate: {path}: found {problem}; expected a file that can be read");
            }
        }

        return files.Count == paths.Count ? files.DrainToImmutable() : null;
    }

    private static async Task<bool> WriteAsync(string target, string document, bool force, TextWriter error)
    {
        try
        {
            await using var writer = new StreamWriter(new FileStream(target, force ? FileMode.Create : FileMode.CreateNew));
            await writer.WriteAsync(document);
            return true;
        }
        catch (IOException) when (!force && File.Exists(target))
        {
            await error.WriteLineAsync($"nodegate: {target}: found a file; expected none: give another name, or --force to write over it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"nodegate: {target}: found {e.Message}; expected a place that can be written to");
        }

        return false;
    }
}
