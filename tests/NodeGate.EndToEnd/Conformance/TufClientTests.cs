using NodeGate.Testing.RealParts;
using NodeGate.Testing.Tuf;

namespace NodeGate.EndToEnd.Conformance;

/// <summary>The protocol of tuf-conformance: exit codes, and what lies in the folders afterwards.</summary>
[Trait("Category", "Conformance")]
public sealed class TufClientTests : IAsyncLifetime
{
    private const string Target = "trusted_root.json";

    private readonly TestFolder _folder = TestFolder.Create();
    private readonly TufRepository _repository = TufRepository.WithTarget(TimeProvider.System.GetUtcNow(), Target, "{\"first\":1}");
    private TufServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TufServer.StartAsync(_repository);
        await File.WriteAllBytesAsync(_folder.At("pinned.json"), _repository.PinnedRoot);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _folder.DisposeAsync();
    }

    [Fact]
    public async Task InitAndRefresh_GoodRepository_LeaveTheMetadata()
    {
        Assert.Equal(0, (await InitAsync()).ExitCode);
        Assert.Equal(["root.json"], Files("metadata"));
        _repository.RotateRoot(() => _repository.Timestamp.Keys[0] = TufTestKey.Ed25519());
        _repository.PublishNext();

        var refresh = await RefreshAsync();

        Assert.True(refresh.ExitCode == 0, refresh.ToString());
        Assert.Equal(["root.json", "snapshot.json", "targets.json", "timestamp.json"], Files("metadata"));
        Assert.Equal(_repository.Metadata["2.root.json"], await File.ReadAllBytesAsync(_folder.At("metadata/root.json")));
        Assert.Equal(_repository.Metadata["timestamp.json"], await File.ReadAllBytesAsync(_folder.At("metadata/timestamp.json")));
    }

    [Fact]
    public async Task Refresh_WithoutInit_FailsAndSaysWhatComesFirst()
    {
        var refresh = await RefreshAsync();

        Assert.Equal(1, refresh.ExitCode);
        Assert.Contains("init comes first", refresh.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_RolledBack_FailsByNameAndKeepsWhatWasThere()
    {
        await InitAsync();
        var old = _repository.Metadata["timestamp.json"];
        _repository.PublishNext();
        await RefreshAsync();
        _repository.Metadata["timestamp.json"] = old;

        var refresh = await RefreshAsync();

        Assert.Equal(1, refresh.ExitCode);
        Assert.Contains("Rollback", refresh.StandardError, StringComparison.Ordinal);
        Assert.NotEqual(old, await File.ReadAllBytesAsync(_folder.At("metadata/timestamp.json")));
    }

    [Fact]
    public async Task Download_ListedTarget_LeavesIt()
    {
        await InitAsync();

        var download = await DownloadAsync(Target);

        Assert.True(download.ExitCode == 0, download.ToString());
        Assert.Equal("{\"first\":1}", await File.ReadAllTextAsync(_folder.At("targets/" + Target)));
    }

    [Fact]
    public async Task Download_OfWrongHashOrNotListed_FailsAndLeavesNothing()
    {
        await InitAsync();
        foreach (var file in _repository.TargetFiles.Keys)
        {
            _repository.TargetFiles[file] = "{\"other\":2}"u8.ToArray();
        }

        var altered = await DownloadAsync(Target);
        var unknown = await DownloadAsync("unknown.json");

        Assert.Equal((1, 1), (altered.ExitCode, unknown.ExitCode));
        Assert.Contains("WrongHash", altered.StandardError, StringComparison.Ordinal);
        Assert.Contains("UnknownTarget", unknown.StandardError, StringComparison.Ordinal);
        Assert.Empty(Files("targets"));
    }

    [Theory]
    [InlineData("init")]
    [InlineData("--metadata-url", "http://127.0.0.1:1", "refresh")]
    [InlineData("--metadata-dir", "/nonexistent", "download")]
    public async Task Run_OptionMissing_Exits64WithTheUsage(params string[] arguments)
    {
        var result = await ConformanceClient.RunAsync(arguments);

        Assert.Equal(64, result.ExitCode);
        Assert.Contains("required", result.StandardError, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Usage:", result.StandardError, StringComparison.Ordinal);
    }

    private Task<CommandResult> InitAsync() => ConformanceClient.RunAsync("--metadata-dir", _folder.At("metadata"), "init", _folder.At("pinned.json"));

    private Task<CommandResult> RefreshAsync() =>
        ConformanceClient.RunAsync("--metadata-dir", _folder.At("metadata"), "--metadata-url", _server.Url.ToString(), "refresh");

    private Task<CommandResult> DownloadAsync(string target) => ConformanceClient.RunAsync(
        "--metadata-dir", _folder.At("metadata"), "--metadata-url", _server.Url.ToString(), "--target-name", target,
        "--target-base-url", _server.Url + "targets/", "--target-dir", _folder.At("targets"), "download");

    private IEnumerable<string?> Files(string folder) => Directory.Exists(_folder.At(folder))
        ? Directory.EnumerateFiles(_folder.At(folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        : [];
}
