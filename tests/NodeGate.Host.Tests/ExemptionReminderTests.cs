using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeGate.Host.Daemon;
using NodeGate.Policy;
using NodeGate.Testing.Time;

namespace NodeGate.Host.Tests;

public sealed class ExemptionReminderTests
{
    private static readonly string Digest = "sha256:" + new string('a', 64);
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _log = new();

    [Fact]
    public async Task RunAsync_ExceptionsThatEnd_AreSaidAtLoadAndOnceADay()
    {
        var policy = Load("""
              - {name: later, images: ["app@DIGEST"], expires: 2026-01-20T00:00:00Z, owner: team-c}
              - {name: soon, images: ["soon@DIGEST"], expires: 2026-01-15T00:00:00Z, owner: team-a}
              - {name: over, images: ["over@DIGEST"], expires: 2025-12-31T00:00:00Z, owner: team-b}
            """);
        using var stop = new CancellationTokenSource();
        var running = new ExemptionReminder(() => policy, _time, _log).RunAsync(stop.Token);

        Assert.Contains("over of team-b ended on 2025-12-31T00:00:00Z", await _log.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("soon of team-a ends on 2026-01-15T00:00:00Z", await _log.NextAsync(), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromHours(23));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Contains("over", await _log.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("soon", await _log.NextAsync(), StringComparison.Ordinal);

        // Another policy is said at once.
        policy = Load("""
              - {name: other, images: ["app@DIGEST"], expires: 2026-01-03T00:00:00Z, owner: team-a}
            """);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("other", await _log.NextAsync(), StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(0, _log.Waiting);
    }

    [Fact]
    public void Render_Exceptions_AreGaugesOfTheirEnds() => Assert.Contains(
        "nodegate_exception_expires_timestamp_seconds{exception=\"soon\",owner=\"team \\\"a\\\"\"} 1768435200\n",
        NodeMetrics.Render(
            Load("""
                  - {name: soon, images: ["soon@DIGEST"], expires: 2026-01-15T00:00:00Z, owner: "team \"a\""}
                """),
            null),
        StringComparison.Ordinal);

    private static PolicyModel Load(string exceptions) =>
        Policies.Load(Policies.Empty + "exceptions:\n" + exceptions.Replace("DIGEST", Digest, StringComparison.Ordinal) + "\n");

    private sealed class Lines : ILogger<ExemptionReminder>
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        internal int Waiting => _lines.Reader.Count;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Writer.TryWrite(formatter(state, exception));

        internal async Task<string> NextAsync() => await _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
