using NodeGate.Testing.RealParts;
using NodeGate.Testing.Tuf;

namespace NodeGate.EndToEnd.Conformance;

/// <summary>go-tuf's client and ours before the same repositories: what the tests mint is what others read, and both refuse the same.</summary>
[Trait("Category", "Conformance")]
public sealed class TufPeerTests
{
    private const string Target = "trusted_root.json";
    private const string PinnedRoot = "root.json";

    private static readonly Dictionary<string, Action<TufRepository>> Faults = new(StringComparer.Ordinal)
    {
        ["none"] = _ => { },
        ["root rotated to other kinds of keys"] = repository =>
        {
            repository.RotateRoot(() =>
            {
                repository.Root.Keys[0] = TufTestKey.Ed25519();
                repository.Timestamp.Keys[0] = TufTestKey.Rsa();
                repository.Targets.Keys[0] = TufTestKey.Ed25519();
            });
            repository.PublishNext();
        },
        ["timestamp expired"] = repository =>
        {
            repository.Timestamp.Expires = TimeProvider.System.GetUtcNow().AddDays(-1);
            repository.PublishTimestamp();
        },
        ["timestamp signed by a stranger"] = repository =>
            repository.Metadata["timestamp.json"] = repository.Timestamp.Sign(TufTestKey.Ecdsa()),
        ["root rotated without the old keys"] = repository =>
        {
            repository.Root.Keys.Clear();
            repository.Root.Keys.AddRange([TufTestKey.Ecdsa(), TufTestKey.Ecdsa()]);
            repository.Root.Version++;
            repository.PublishRoot();
        },
        ["snapshot of another hash"] = repository =>
        {
            repository.Snapshot.Signed["more"] = 1;
            repository.Metadata["1.snapshot.json"] = repository.Snapshot.Sign();
        },
        ["target file altered"] = repository =>
        {
            var file = repository.TargetFiles.Keys.Single();
            repository.TargetFiles[file] = "{\"fi_st\":1}"u8.ToArray();
        },
        ["target not listed"] = repository =>
        {
            repository.Targets.Signed["targets"]!.AsObject().Clear();
            repository.PublishNext();
        },
    };

    public static TheoryData<string> Names => [.. Faults.Keys];

    [RealPartTheory("tuf-client")]
    [MemberData(nameof(Names))]
    public async Task Get_FirstVisit_BothClientsSayTheSame(string fault)
    {
        await using var folder = TestFolder.Create();
        var repository = TufRepository.WithTarget(TimeProvider.System.GetUtcNow(), Target, "{\"first\":1}");
        await using var server = await TufServer.StartAsync(repository);
        await File.WriteAllBytesAsync(folder.At(PinnedRoot), repository.PinnedRoot);
        Faults[fault](repository);

        var ours = await OursAsync(folder, server);
        var theirs = await TheirsAsync(folder, server);

        var isGood = fault is "none" or "root rotated to other kinds of keys";
        Assert.True(ours.ExitCode == 0 == isGood, ours.ToString());
        Assert.True(theirs.ExitCode == 0 == isGood, theirs.ToString());
    }

    private static async Task<CommandResult> OursAsync(TestFolder folder, TufServer server)
    {
        var metadata = folder.At("metadata");
        (await ConformanceClient.RunAsync("--metadata-dir", metadata, "init", folder.At(PinnedRoot))).EnsureSuccess();
        return await ConformanceClient.RunAsync(
            "--metadata-dir", metadata, "--metadata-url", server.Url.ToString(), "--target-name", Target,
            "--target-base-url", server.Url + "targets/", "--target-dir", folder.At("targets"), "download");
    }

    /// <summary>It keeps its metadata in the folder that it is called in, and takes a pinned root only from there.</summary>
    private static async Task<CommandResult> TheirsAsync(TestFolder folder, TufServer server)
    {
        Task<CommandResult> RunAsync(string command, params IEnumerable<string> arguments) => Command.RunAsync(
            Tools.Path("tuf-client"), [command, "--url", server.Url.ToString().TrimEnd('/'), .. arguments], workingDirectory: folder.Path);

        (await RunAsync("init", "--file", PinnedRoot)).EnsureSuccess();
        return await RunAsync("get", "--turl", server.Url + "targets", Target);
    }
}
