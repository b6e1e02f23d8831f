using Microsoft.AspNetCore.Http;
using NodeGate.Testing.Registries;

namespace NodeGate.Testing.Tuf;

/// <summary>A TUF repository over HTTP, laid out as Sigstore's: metadata at the root, target files below <c>targets/</c>.</summary>
public sealed class TufServer : IAsyncDisposable
{
    private readonly TufRepository _repository;
    private ScriptedServer? _server;

    private TufServer(TufRepository repository) => _repository = repository;

    public Uri Url => new(_server!.Url);

    /// <summary>What was asked for, as it stood in the requests.</summary>
    public IEnumerable<string> Paths => _server!.Requests.Select(request => request.Path);

    /// <summary>Answers instead of the repository, where a test sets it and it says true.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    public static async Task<TufServer> StartAsync(TufRepository repository)
    {
        var server = new TufServer(repository);
        server._server = await ScriptedServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (await Instead(context))
        {
            return;
        }

        // Kestrel leaves an escaped slash as it is and unescapes the rest, so that both spellings are looked up.
        var path = context.Request.Path.Value![1..];
        var (files, name) = path.StartsWith("targets/", StringComparison.Ordinal)
            ? (_repository.TargetFiles, path["targets/".Length..])
            : (_repository.Metadata, path);
        if (files.GetValueOrDefault(name) is { } content)
        {
            await context.Response.Body.WriteAsync(content);
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }
}
