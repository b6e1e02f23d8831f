namespace NodeGate.Testing.RealParts;

/// <summary>crane: makes, moves and reads images in registries on the loopback.</summary>
public static class Crane
{
    /// <summary>Any crane command; DOCKER_CONFIG may carry credentials.</summary>
    public static async Task<CommandResult> RunAsync(IEnumerable<string> arguments, string? dockerConfig = null) =>
        await Command.RunAsync(Tools.Path("crane"), [.. arguments, "--insecure"], new Dictionary<string, string?>
        {
            ["DOCKER_CONFIG"] = dockerConfig ?? "/nonexistent",
            ["HOME"] = "/nonexistent",
        });

    /// <summary>Pushes a busybox image to <paramref name="reference"/> (registry/repo:tag) and returns its digest.</summary>
    public static Task<string> MakeBusyboxImageAsync(string reference) => MakeBusyboxImageAsync(reference, new ImageRecipe());

    public static async Task<string> MakeBusyboxImageAsync(string reference, ImageRecipe recipe, string? dockerConfig = null)
    {
        await using var folder = TestFolder.Create();
        var digest = ImageLayout.Write(folder.Path, recipe);
        (await RunAsync(["push", folder.Path, reference], dockerConfig)).EnsureSuccess();
        return digest;
    }

    /// <summary>Pushes a pause image; the reference is what containerd is given as its sandbox image.</summary>
    public static async Task<string> MakePauseImageAsync(string registry)
    {
        var reference = registry + "/nodegate/pause:1";
        await MakeBusyboxImageAsync(reference, new ImageRecipe { Seed = "pause", Entrypoint = ["/bin/sleep", "1000000"] });
        return reference;
    }

    /// <summary>An image of one layer made by crane itself: Docker media types, no platform.</summary>
    public static async Task<string> AppendImageAsync(string reference, string layerTar)
    {
        (await RunAsync(["append", "-f", layerTar, "-t", reference])).EnsureSuccess();
        return await DigestAsync(reference);
    }

    public static async Task<string> DigestAsync(string reference) => (await RunAsync(["digest", reference])).EnsureSuccess().Text;

    public static async Task<string> ManifestAsync(string reference) => (await RunAsync(["manifest", reference])).EnsureSuccess().StandardOutput;

    /// <summary>Gives an image one more tag in its repository: a tag that moves.</summary>
    public static async Task TagAsync(string reference, string tag) => (await RunAsync(["tag", reference, tag])).EnsureSuccess();

    public static async Task CopyAsync(string from, string to) => (await RunAsync(["copy", from, to])).EnsureSuccess();

    public static async Task<IReadOnlyList<string>> TagsAsync(string repository) => (await RunAsync(["ls", repository])).EnsureSuccess().Text.Split('\n');

    /// <summary>Changes an image in the registry (<c>--user 1000</c>, <c>--label a=b</c>) and returns the new digest.</summary>
    public static async Task<string> MutateAsync(string reference, string newReference, params IEnumerable<string> arguments)
    {
        (await RunAsync(["mutate", reference, "-t", newReference, .. arguments])).EnsureSuccess();
        return await DigestAsync(newReference);
    }
}
