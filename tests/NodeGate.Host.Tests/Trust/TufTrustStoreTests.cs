using System.Text;
using Microsoft.AspNetCore.Http;
using NodeGate.Host.Trust;
using NodeGate.Policy;
using NodeGate.Testing.Files;
using NodeGate.Testing.Time;
using NodeGate.Testing.Tuf;
using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Tests.Trust;

/// <summary>Trust roots on disk and mirrors over HTTP: what a node has when it starts, and what a mirror can do to it.</summary>
public sealed class TufTrustStoreTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ScratchFolder _state = new();
    private readonly FakeTimeProvider _time = new(Now);
    private readonly TufRepository _repository = TufRepository.WithTarget(Now, content: "{\"first\":1}");
    private readonly TufTrustStore _store;
    private TufServer _server = null!;
    private TufSource _source = null!;

    public TufTrustStoreTests() => _store = new TufTrustStore(_state.Path, _time);

    public async Task InitializeAsync()
    {
        _server = await TufServer.StartAsync(_repository);
        _source = new TufSource("corp", _server.Url, _repository.PinnedRoot);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Read_NothingFetched_SaysSo() => Assert.Equal("nothing of it was fetched yet", _store.Read(_source).Error);

    [Fact]
    public async Task Refresh_First_IsThereWithoutTheMirror()
    {
        var refresh = await RefreshAsync();
        await _server.DisposeAsync();

        Assert.Equal((TrustRefreshOutcome.Updated, "root 1, timestamp 1, snapshot 1, targets 1, new trusted_root.json"), (refresh.Outcome, refresh.Detail));
        Assert.Equal("{\"first\":1}", Read());
        Assert.Equal(
            ["lock", "pinned-root.sha256", "refreshed", "root.json", "snapshot.json", "targets.json", "timestamp.json"],
            Directory.EnumerateFiles(_state.At("trust/corp")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var state = _store.State(_source)!;
        Assert.Equal(Now, state.Refreshed);
        Assert.False(state.IsStale(Now));
        Assert.True(state.IsStale(Now.AddDays(365)));
    }

    [Fact]
    public async Task Refresh_NothingNew_ChangesNothing()
    {
        await RefreshAsync();
        var written = File.GetLastWriteTimeUtc(_store.StampPaths(_source).First());

        Assert.Equal(TrustRefreshOutcome.Unchanged, (await RefreshAsync()).Outcome);
        Assert.Equal(written, File.GetLastWriteTimeUtc(_store.StampPaths(_source).First()));
    }

    [Fact]
    public async Task Refresh_NewTrustedRoot_ReplacesTheOld()
    {
        await RefreshAsync();
        _repository.AddTarget("targets", "trusted_root.json", "{\"second\":2}");
        _repository.RotateRoot(() => _repository.Timestamp.Keys[0] = TufTestKey.Ed25519());
        _repository.PublishNext();

        var refresh = await RefreshAsync();

        Assert.Equal(
            "root 1 → 2, timestamp 1 → 2, snapshot 1 → 2, targets 1 → 2, new trusted_root.json", refresh.Detail);
        Assert.Equal("{\"second\":2}", Read());
    }

    [Fact]
    public async Task Refresh_MirrorGone_WhatIsThereStays()
    {
        await RefreshAsync();

        await _server.DisposeAsync();

        var refresh = await _store.RefreshAsync(_source, CancellationToken.None);

        Assert.Equal(TrustRefreshOutcome.Unreachable, refresh.Outcome);
        Assert.StartsWith($"{_source.Mirror}2.root.json cannot be fetched: ", refresh.Detail, StringComparison.Ordinal);
        Assert.Equal("{\"first\":1}", Read());
    }

    [Fact]
    public async Task Refresh_MirrorServesOlderMetadata_Refused()
    {
        var old = _repository.Metadata["timestamp.json"];
        _repository.PublishNext();
        await RefreshAsync();
        _repository.Metadata["timestamp.json"] = old;

        var refresh = await RefreshAsync();

        Assert.Equal(("Refused (Rollback)", "timestamp.json is version 1; version 2 was seen before"), (refresh.Name, refresh.Detail));
        Assert.Equal("{\"first\":1}", Read());
    }

    [Fact]
    public async Task Refresh_MirrorHoldsBackWhatIsNewer_RefusedOnceExpired()
    {
        await RefreshAsync();
        _time.SetWallClock(Now.AddDays(366));

        Assert.Equal(TufFailureReason.Expired, (await RefreshAsync()).Refusal);
        Assert.Equal("{\"first\":1}", Read());
    }

    [Fact]
    public async Task Refresh_AnotherPinnedRoot_StartsOver()
    {
        await RefreshAsync();
        var other = TufRepository.WithTarget(Now, content: "{\"other\":1}");

        await using var server = await TufServer.StartAsync(other);
        var otherSource = new TufSource("corp", server.Url, other.PinnedRoot);

        Assert.Equal("its pinned root was changed since its last refresh", _store.Read(otherSource).Error);
        Assert.Null(_store.State(otherSource));
        Assert.Equal(TrustRefreshOutcome.Updated, (await _store.RefreshAsync(otherSource, CancellationToken.None)).Outcome);
        Assert.Equal("{\"other\":1}", Encoding.UTF8.GetString(_store.Read(otherSource).Content.Span));
        Assert.NotNull(_store.Read(_source).Error);
    }

    [Fact]
    public async Task Refresh_AnotherPinnedRootAndNoMirror_NothingOldIsBelieved()
    {
        await RefreshAsync();
        var other = new TufRepository(Now);
        other.PublishRoot();

        var otherSource = new TufSource("corp", _source.Mirror, other.PinnedRoot);
        await _store.RefreshAsync(otherSource, CancellationToken.None);

        Assert.Equal("its first refresh did not come to its end", _store.Read(otherSource).Error);
        Assert.NotNull(_store.Read(_source).Error);
    }

    [Theory]
    [InlineData("2.snapshot.json")]
    [InlineData("2.targets.json")]
    [InlineData("trusted_root.json")]
    public async Task Refresh_BrokenOffBetweenTwoFiles_OldStaysAndNextFinishes(string missing)
    {
        // As after a crash: what was verified before the file is stored, the rest is not.
        await RefreshAsync();
        _repository.AddTarget("targets", "trusted_root.json", "{\"second\":2}");
        _repository.PublishNext();
        _server.Instead = context => Task.FromResult(RefuseIf(context, context.Request.Path.Value!.EndsWith(missing, StringComparison.Ordinal)));

        Assert.Equal(TufFailureReason.NotFound, (await RefreshAsync()).Refusal);
        Assert.Equal("{\"first\":1}", Read());
        _server.Instead = _ => Task.FromResult(false);
        Assert.Equal(TrustRefreshOutcome.Updated, (await RefreshAsync()).Outcome);
        Assert.Equal("{\"second\":2}", Read());
    }

    [Theory]
    [InlineData("root.json")]
    [InlineData("timestamp.json")]
    [InlineData("snapshot.json")]
    [InlineData("targets.json")]
    [InlineData("pinned-root.sha256")]
    public async Task Refresh_StoredFileLost_IsFetchedAgain(string file)
    {
        await RefreshAsync();
        File.Delete(_state.At("trust/corp/" + file));

        Assert.True((await RefreshAsync()).IsGood);
        Assert.Equal("{\"first\":1}", Read());
    }

    [Fact]
    public async Task Refresh_UnfinishedFileOfACrash_DoesNotMatter()
    {
        Directory.CreateDirectory(_state.At("trust/corp"));
        await File.WriteAllTextAsync(_state.At("trust/corp/root.json.new"), "{");

        Assert.Equal(TrustRefreshOutcome.Updated, (await RefreshAsync()).Outcome);
    }

    [Fact]
    public async Task Refresh_WhileAnotherRuns_Busy()
    {
        Directory.CreateDirectory(_state.At("trust/corp"));
        await using var other = new FileStream(_state.At("trust/corp/lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal((TrustRefreshOutcome.Busy, "another refresh of trust root 'corp' is running"), ((await RefreshAsync()) is var r ? (r.Outcome, r.Detail) : default));
    }

    [Fact]
    public async Task Refresh_StateFolderIsAFile_NotStored()
    {
        await File.WriteAllTextAsync(_state.At("trust"), "");

        Assert.Equal(TrustRefreshOutcome.NotStored, (await RefreshAsync()).Outcome);
    }

    [Fact]
    public async Task Refresh_EndlessAnswer_IsReadToTheLimit()
    {
        _server.Instead = async context =>
        {
            if (context.Request.Path != "/timestamp.json")
            {
                return false;
            }

            var block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block, CancellationToken.None);
            }

            return true;
        };

        Assert.Equal(TufFailureReason.TooLarge, (await RefreshAsync()).Refusal);
    }

    [Fact]
    public async Task Refresh_MirrorHangs_EndsWithItsTime()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Instead = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        var refresh = RefreshAsync();
        await asked.Task;
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal((TrustRefreshOutcome.Unreachable, $"{_server.Url} did not serve everything within 120 s"), ((await refresh) is var r ? (r.Outcome, r.Detail) : default));
    }

    [Fact]
    public async Task Refresh_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.RefreshAsync(_source, cancelled.Token));
    }

    [Fact]
    public async Task Refresh_RedirectToAnotherHost_IsNotFollowed()
    {
        await using var elsewhere = await TufServer.StartAsync(_repository);
        _server.Instead = context => Redirect(context, elsewhere.Url + context.Request.Path.Value![1..]);

        var refresh = await RefreshAsync();

        Assert.Equal(TrustRefreshOutcome.Unreachable, refresh.Outcome);
        Assert.Equal($"{_server.Url}2.root.json redirects to {elsewhere.Url.GetLeftPart(UriPartial.Authority)}; a mirror has to answer itself", refresh.Detail);
        Assert.Empty(elsewhere.Paths);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refresh_RedirectOnTheSameHost_IsFollowedAFewTimes(bool endless)
    {
        _server.Instead = context => endless ? Redirect(context, "/x" + context.Request.Path)
            : context.Request.Path == "/timestamp.json" && !context.Request.QueryString.HasValue ? Redirect(context, "/timestamp.json?again")
            : Task.FromResult(false);

        Assert.Equal(endless ? TrustRefreshOutcome.Unreachable : TrustRefreshOutcome.Updated, (await RefreshAsync()).Outcome);
    }

    [Fact]
    public async Task Refresh_MirrorAnswers500_Unreachable()
    {
        _server.Instead = context =>
        {
            context.Response.StatusCode = 500;
            return Task.FromResult(true);
        };

        Assert.EndsWith("was answered with 500; expected 200, or 404 for a file that is not there", (await RefreshAsync()).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../escape", "..%2F..%2Fescape")]
    [InlineData("..", "_..")]
    public async Task Refresh_NameThatLeadsOut_StaysInTheStateFolder(string name, string folder)
    {
        Assert.True((await _store.RefreshAsync(_source with { Name = name }, CancellationToken.None)).IsGood);

        Assert.Equal([_state.At("trust/" + folder)], Directory.EnumerateDirectories(_state.At("trust")));
        Assert.Equal([_state.At("trust")], Directory.EnumerateFileSystemEntries(_state.Path));
    }

    private Task<TrustRefresh> RefreshAsync() => _store.RefreshAsync(_source, CancellationToken.None);

    private string Read()
    {
        var stored = _store.Read(_source);
        Assert.Null(stored.Error);
        return Encoding.UTF8.GetString(stored.Content.Span);
    }

    private static bool RefuseIf(HttpContext context, bool refuse)
    {
        context.Response.StatusCode = refuse ? 404 : 200;
        return refuse;
    }

    private static Task<bool> Redirect(HttpContext context, string location)
    {
        context.Response.Redirect(location);
        return Task.FromResult(true);
    }
}
