using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace NodeGate.Webhook.Tests.Certificates;

/// <summary>Keeps what is logged.</summary>
internal sealed class ProblemLog<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    internal IEnumerable<string> Texts => _lines.Select(line => line.Text);

    internal IEnumerable<string> Problems => _lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception)));
}
