using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using NodeGate.Testing.Registries;

namespace NodeGate.Benchmarks.Decisions;

/// <summary>Our test registry with the referrers API, as far away as we like, which writes down who asked for what and when.</summary>
internal sealed class CountingRegistry : IAsyncDisposable
{
    private readonly ConcurrentQueue<RegistryCall> _calls = new();
    private readonly TestRegistry _registry;

    private CountingRegistry(TestRegistry registry)
    {
        _registry = registry;
        _registry.Intercept = NoteAsync;
    }

    internal string Host => _registry.Host;

    /// <summary>Added to every answer, as if the registry were that far away.</summary>
    internal TimeSpan Delay { get; set; }

    internal static async Task<CountingRegistry> StartAsync() => new(await TestRegistry.StartAsync());

    internal void Forget() => _calls.Clear();

    /// <summary>The requests whose User-Agent begins so: the gate's, and not those of containerd's own pull.</summary>
    internal RegistryCalls Of(string userAgent) => new([.. _calls.Where(call => call.UserAgent.StartsWith(userAgent, StringComparison.Ordinal))]);

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    private async Task<bool> NoteAsync(HttpContext context)
    {
        var came = Stopwatch.GetTimestamp();
        var request = context.Request;
        context.Response.OnStarting(() =>
        {
            _calls.Enqueue(new RegistryCall(
                $"{request.Method} {request.Path}{request.QueryString}",
                request.Headers.UserAgent.ToString(),
                context.Response.StatusCode,
                came,
                Stopwatch.GetTimestamp()));
            return Task.CompletedTask;
        });
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, context.RequestAborted);
        }

        return false;
    }
}
