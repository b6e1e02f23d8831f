namespace NodeGate.Testing.RealParts;

/// <summary>oras: artifacts and referrers, by another implementation than ours.</summary>
public static class Oras
{
    public static async Task<CommandResult> RunAsync(params IEnumerable<string> arguments)
    {
        await using var home = TestFolder.Create();
        return await Command.RunAsync(Tools.Path("oras"), arguments, new Dictionary<string, string?> { ["HOME"] = home.Path, ["DOCKER_CONFIG"] = home.Path }, home.Path);
    }

    /// <summary>Attaches a file to an image and returns oras's JSON.</summary>
    public static async Task<string> AttachAsync(string reference, string artifactType, string file)
    {
        var name = Path.GetFileName(file) + ":application/octet-stream";
        await using var home = TestFolder.Create();
        var result = await Command.RunAsync(
            Tools.Path("oras"),
            ["attach", "--plain-http", "--artifact-type", artifactType, "--format", "json", reference, name],
            new Dictionary<string, string?> { ["HOME"] = home.Path, ["DOCKER_CONFIG"] = home.Path },
            Path.GetDirectoryName(Path.GetFullPath(file)));
        return result.EnsureSuccess().StandardOutput;
    }

    /// <summary>The referrers as oras sees them, as JSON.</summary>
    public static async Task<string> DiscoverAsync(string reference) =>
        (await RunAsync("discover", "--plain-http", "--format", "json", reference)).EnsureSuccess().StandardOutput;
}
