using Microsoft.Extensions.Logging;
using NodeGate.Host.Trust;
using NodeGate.Policy;
using NodeGate.Testing.Files;
using NodeGate.Testing.Time;
using NodeGate.Testing.Tuf;

namespace NodeGate.Host.Tests.Trust;

public sealed class TrustRefresherTests : IDisposable
{
    private readonly ScratchFolder _state = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task Run_Refreshes_AtOnceAndThenAboutEverySixHours()
    {
        var repository = TufRepository.WithTarget(_time.GetUtcNow());
        await using var server = await TufServer.StartAsync(repository);
        using var stop = new CancellationTokenSource();
        var running = Start([new TufSource("corp", server.Url, repository.PinnedRoot)], stop.Token);

        Assert.StartsWith("Information Trust root corp: Updated: root 1", await _log.NextAsync(), StringComparison.Ordinal);
        await PassAsync(TimeSpan.FromHours(5.4));
        Assert.Equal(0, _log.Waiting);
        await PassAsync(TimeSpan.FromHours(0.2));
        Assert.Equal("Information Trust root corp: Unchanged: nothing new", await _log.NextAsync());
        await EndAsync(stop, running);
    }

    [Fact]
    public async Task Run_MirrorGone_SaysSoAndTriesAgainSoon()
    {
        var repository = TufRepository.WithTarget(_time.GetUtcNow());
        var server = await TufServer.StartAsync(repository);
        var source = new TufSource("corp", server.Url, repository.PinnedRoot);
        await server.DisposeAsync();
        using var stop = new CancellationTokenSource();
        var running = Start([source], stop.Token);

        Assert.StartsWith("Warning Trust root corp not refreshed, what is on disk stays in use: Unreachable: ", await _log.NextAsync(), StringComparison.Ordinal);
        await PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _log.Waiting);
        await PassAsync(TimeSpan.FromMinutes(2));
        Assert.StartsWith("Warning Trust root corp", await _log.NextAsync(), StringComparison.Ordinal);
        await EndAsync(stop, running);
    }

    [Fact]
    public async Task Run_TrustRootOfAReloadedPolicy_IsRefreshedSoon()
    {
        var repository = TufRepository.WithTarget(_time.GetUtcNow());
        await using var server = await TufServer.StartAsync(repository);
        List<TufSource> sources = [];
        using var stop = new CancellationTokenSource();
        var running = Start(sources, stop.Token);
        await _time.UntilTimersAsync(1);

        sources.Add(new TufSource("corp", server.Url, repository.PinnedRoot));
        await PassAsync(TimeSpan.FromSeconds(30));

        Assert.StartsWith("Information Trust root corp: Updated", await _log.NextAsync(), StringComparison.Ordinal);
        await EndAsync(stop, running);
    }

    /// <summary>The store has a clock of its own: a refresh under way does not see the hours that a test lets pass.</summary>
    private Task Start(IReadOnlyCollection<TufSource> sources, CancellationToken cancellationToken) =>
        new TrustRefresher(new TufTrustStore(_state.Path, new FakeTimeProvider()), () => sources, () => 0.5, _time, _log).RunAsync(cancellationToken);

    /// <summary>One look at a time, so that each is over before the next is due.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(30))
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
    }

    private static async Task EndAsync(CancellationTokenSource stop, Task running)
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private sealed class LogLines : ILogger<TrustRefresher>
    {
        private readonly System.Threading.Channels.Channel<string> _lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public int Waiting => _lines.Reader.Count;

        public Task<string> NextAsync() => _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Writer.TryWrite($"{logLevel} {formatter(state, exception)}");
    }
}
