using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>Images of every kind in one registry, signed by one version of cosign; each in a repository of its own, all tagged <c>1</c>.</summary>
internal sealed record Corpus
{
    internal required string Prefix { get; init; }

    internal required FlowImage Signed { get; init; }

    internal required FlowImage Unsigned { get; init; }

    internal required FlowImage Foreign { get; init; }

    /// <summary>The digest is the signed one; the tag was moved to another since.</summary>
    internal required FlowImage Moved { get; init; }

    internal required FlowImage Smuggled { get; init; }

    /// <summary>Signed with <c>-a env=prod</c>, as its rule asks for.</summary>
    internal required FlowImage Annotated { get; init; }

    /// <summary>Signed without it, under a rule that asks for it.</summary>
    internal required FlowImage NotAnnotated { get; init; }

    /// <summary>Signed by two keys, as its rule asks for.</summary>
    internal required FlowImage TwoKeys { get; init; }

    /// <summary>Signed twice by the same key, under a rule that asks for two.</summary>
    internal required FlowImage OneKeyTwice { get; init; }

    /// <summary>An index of two platforms, signed on the index.</summary>
    internal required FlowImage Index { get; init; }

    internal required FlowImage DockerSchema2 { get; init; }

    /// <summary>The repositories whose rule asks for the annotation, or for two keys.</summary>
    internal static string[] AnnotatedRepositories(string prefix) => [prefix + "/annotated", prefix + "/not-annotated"];

    internal static string[] TwoKeyRepositories(string prefix) => [prefix + "/two-keys", prefix + "/one-key-twice"];

    internal static async Task<Corpus> MakeAsync(string prefix, Cosign cosign, FlowKeys keys)
    {
        // The tools are started side by side, but not more than the machine has room for.
        using var room = new SemaphoreSlim(3);
        async Task<FlowImage> MakeOneAsync(string name, ImageRecipe recipe, params (CosignKeyPair Key, string[] Arguments)[] signatures)
        {
            await room.WaitAsync();
            try
            {
                var repository = $"{prefix}/{name}";
                var image = new FlowImage(repository, await Crane.MakeBusyboxImageAsync(repository + ":1", recipe));
                foreach (var (key, arguments) in signatures)
                {
                    await cosign.SignAsync(image.ByDigest, key, arguments);
                }

                return image;
            }
            finally
            {
                room.Release();
            }
        }

        (CosignKeyPair, string[]) release = (keys.Release, []);
        var signed = MakeOneAsync("signed", new ImageRecipe { User = "1000" }, release);
        var unsigned = MakeOneAsync("unsigned", new ImageRecipe());
        var foreign = MakeOneAsync("foreign", new ImageRecipe(), (keys.Stranger, []));
        var moved = MakeOneAsync("moved", new ImageRecipe(), release);
        var smuggled = MakeOneAsync("smuggled", new ImageRecipe());
        var annotated = MakeOneAsync("annotated", new ImageRecipe(), (keys.Release, ["-a", "env=prod"]));
        var notAnnotated = MakeOneAsync("not-annotated", new ImageRecipe(), release);
        var twoKeys = MakeOneAsync("two-keys", new ImageRecipe(), release, (keys.Second, []));
        var oneKeyTwice = MakeOneAsync("one-key-twice", new ImageRecipe(), release, (keys.Release, ["-a", "again=yes"]));
        var docker = MakeOneAsync("docker", new ImageRecipe { DockerMediaTypes = true }, release);
        var index = MakeIndexAsync(prefix + "/index", cosign, keys.Release);
        var corpus = new Corpus
        {
            Prefix = prefix,
            Signed = await signed,
            Unsigned = await unsigned,
            Foreign = await foreign,
            Moved = await moved,
            Smuggled = await smuggled,
            Annotated = await annotated,
            NotAnnotated = await notAnnotated,
            TwoKeys = await twoKeys,
            OneKeyTwice = await oneKeyTwice,
            DockerSchema2 = await docker,
            Index = await index,
        };
        await Crane.MakeBusyboxImageAsync(corpus.Moved.ByTag);
        return corpus;
    }

    private static async Task<FlowImage> MakeIndexAsync(string repository, Cosign cosign, CosignKeyPair key)
    {
        await Crane.MakeBusyboxImageAsync(repository + ":own");
        await Crane.MutateAsync(repository + ":own", repository + ":other", "--set-platform", "linux/s390x");
        (await Crane.RunAsync(["index", "append", "-m", repository + ":own", "-m", repository + ":other", "-t", repository + ":1"])).EnsureSuccess();
        var image = new FlowImage(repository, await Crane.DigestAsync(repository + ":1"));
        await cosign.SignAsync(image.ByDigest, key);
        return image;
    }
}
