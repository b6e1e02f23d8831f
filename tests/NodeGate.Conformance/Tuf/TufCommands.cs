using System.CommandLine;
using NodeGate.Host.Trust;
using NodeGate.Verification.Tuf;

namespace NodeGate.Conformance.Tuf;

/// <summary>
/// The client protocol of tuf-conformance: <c>--metadata-dir DIR init ROOT</c>, <c>--metadata-dir DIR --metadata-url URL refresh</c> and
/// <c>… --target-name NAME --target-base-url URL --target-dir DIR download</c>. What it runs is the updater, the mirror and the folder of the daemon.
/// </summary>
internal static class TufCommands
{
    private static readonly Option<string> MetadataDir = new("--metadata-dir") { Recursive = true };
    private static readonly Option<string> MetadataUrl = new("--metadata-url") { Recursive = true };
    private static readonly Option<string[]> TargetName = new("--target-name") { Recursive = true };
    private static readonly Option<string> TargetBaseUrl = new("--target-base-url") { Recursive = true };
    private static readonly Option<string> TargetDir = new("--target-dir") { Recursive = true };

    internal static void AddTo(RootCommand root)
    {
        var trusted = new Argument<string>("ROOT");
        var init = new Command("init", "Take a root as the trusted one.") { trusted };
        init.SetAction((parsed, cancellationToken) => InitAsync(parsed.GetRequiredValue(MetadataDir), parsed.GetRequiredValue(trusted), cancellationToken));
        var refresh = new Command("refresh", "Refresh the metadata of the top-level roles.");
        refresh.SetAction((parsed, cancellationToken) => RunAsync(parsed, [], cancellationToken));
        var download = new Command("download", "Refresh, then download target files.");
        download.SetAction((parsed, cancellationToken) => RunAsync(parsed, parsed.GetRequiredValue(TargetName), cancellationToken));
        foreach (var option in new Option[] { MetadataDir, MetadataUrl, TargetName, TargetBaseUrl, TargetDir })
        {
            root.Options.Add(option);
        }

        Require(init, MetadataDir);
        Require(refresh, MetadataDir, MetadataUrl);
        Require(download, MetadataDir, MetadataUrl, TargetName, TargetDir);
        root.Subcommands.Add(init);
        root.Subcommands.Add(refresh);
        root.Subcommands.Add(download);
    }

    /// <summary>The protocol puts them before the command, so they belong to all commands and cannot be required by themselves.</summary>
    private static void Require(Command command, params Option[] options) => command.Validators.Add(result =>
    {
        foreach (var option in options.Where(option => result.GetResult(option) is null))
        {
            result.AddError($"Option '{option.Name}' is required.");
        }
    });

    private static async Task<int> InitAsync(string metadataDir, string trusted, CancellationToken cancellationToken)
    {
        new TufFolder(metadataDir, metadataDir).Store(TufPlace.Metadata, "root.json", await File.ReadAllBytesAsync(trusted, cancellationToken));
        return 0;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string[] targets, CancellationToken cancellationToken)
    {
        var metadataDir = parsed.GetRequiredValue(MetadataDir);
        var metadataUrl = parsed.GetRequiredValue(MetadataUrl);
        var folder = new TufFolder(metadataDir, parsed.GetValue(TargetDir) ?? metadataDir);
        var root = folder.Load(TufPlace.Metadata, "root.json");
        if (root is null)
        {
            return await FailAsync($"{metadataDir} has no root.json: init comes first");
        }

        using var mirror = new TufMirror(new Uri(metadataUrl), new Uri(parsed.GetValue(TargetBaseUrl) ?? metadataUrl));
        var updater = new TufUpdater(root, targets, TimeProvider.System.GetUtcNow());
        try
        {
            await TufSession.RunAsync(updater, folder, mirror, cancellationToken);
        }
        catch (IOException e)
        {
            return await FailAsync(e.Message);
        }

        return updater.Failure is { } failure ? await FailAsync(failure.ToString()) : 0;
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync($"nodegate-conformance: {message}");
        return 1;
    }
}
