using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using NodeGate.Oci;

namespace NodeGate.Testing.Registries;

/// <summary>The ways in which a registry misbehaves, each as a handler for a <see cref="ScriptedServer"/> or a registry's <c>Intercept</c>.</summary>
public static class HostileRegistry
{
    private static readonly byte[] Filler = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));

    /// <summary>Every request gets these bytes.</summary>
    public static RequestDelegate Bytes(string mediaType, byte[] body) => async context =>
    {
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    };

    /// <summary>A good manifest under the wrong Docker-Content-Digest.</summary>
    public static RequestDelegate WrongDigestHeader() => async context =>
    {
        context.Response.Headers["Docker-Content-Digest"] = Digest.Of("something else"u8).ToString();
        await Bytes(MediaTypes.OciIndex, EmptyIndex)(context);
    };

    /// <summary>Another good manifest at each request, whatever was asked for.</summary>
    public static RequestDelegate DifferentEachTime()
    {
        var count = 0;
        return context => Bytes(
            MediaTypes.OciIndex,
            Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[],"annotations":{"n":"{{Interlocked.Increment(ref count)}}"} }"""))(context);
    }

    /// <summary>Pages of referrers without end, each naming another next one.</summary>
    public static RequestDelegate EndlessPages(int perPage) => async context =>
    {
        var page = int.TryParse(context.Request.Query["page"], CultureInfo.InvariantCulture, out var value) ? value : 0;
        context.Response.Headers.Link = $"<{context.Request.Path}?page={page + 1}>; rel=\"next\"";
        await Bytes(MediaTypes.OciIndex, Referrers(perPage, page * perPage))(context);
    };

    /// <summary>A page that names itself as the next.</summary>
    public static RequestDelegate PagesInACircle() => async context =>
    {
        context.Response.Headers.Link = $"<{context.Request.Path}>; rel=\"next\"";
        await Bytes(MediaTypes.OciIndex, EmptyIndex)(context);
    };

    /// <summary>A listing whose next page is at <paramref name="url"/>.</summary>
    public static RequestDelegate NextPageAt(string url) => async context =>
    {
        context.Response.Headers.Link = $"<{url}>; rel=\"next\"";
        await Bytes(MediaTypes.OciIndex, EmptyIndex)(context);
    };

    /// <summary>White space after a 200 until the client leaves.</summary>
    public static RequestDelegate EndlessBody(string mediaType) => async context =>
    {
        context.Response.ContentType = mediaType;
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync(Filler, context.RequestAborted);
        }
    };

    /// <summary>One byte, then nothing.</summary>
    public static RequestDelegate StalledBody(string mediaType) => async context =>
    {
        context.Response.ContentType = mediaType;
        await context.Response.Body.WriteAsync("{"u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    };

    /// <summary>A byte every now and then, without end: never idle, never done.</summary>
    public static RequestDelegate TricklingBody(string mediaType, TimeSpan pause) => async context =>
    {
        context.Response.ContentType = mediaType;
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync(" "u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(pause, context.RequestAborted);
        }
    };

    /// <summary>No answer at all.</summary>
    public static RequestDelegate Silence() => context => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>A redirect to what <paramref name="target"/> says for the request.</summary>
    public static RequestDelegate Redirect(Func<HttpRequest, string> target, int status = 307) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = target(context.Request);
        return Task.CompletedTask;
    };

    /// <summary>This status each time, with Retry-After where it is given.</summary>
    public static RequestDelegate Status(int status, string? retryAfter = null) => context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return Task.CompletedTask;
    };

    /// <summary>The connection is reset; with <paramref name="afterHeaders"/>, in the middle of a body.</summary>
    public static RequestDelegate Reset(bool afterHeaders) => async context =>
    {
        if (afterHeaders)
        {
            context.Response.ContentType = MediaTypes.OciIndex;
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync("{"u8.ToArray());
            await context.Response.Body.FlushAsync();
        }

        context.Abort();
    };

    /// <summary>Headers larger than any client should take.</summary>
    public static RequestDelegate HugeHeaders() => async context =>
    {
        for (var i = 0; i < 40; i++)
        {
            context.Response.Headers["X-Filler-" + i] = new string('x', 4000);
        }

        await Bytes(MediaTypes.OciIndex, EmptyIndex)(context);
    };

    /// <summary>An index of many referrers.</summary>
    public static byte[] Referrers(int count, int from = 0) => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{string.Join(',', Enumerable.Range(from, count).Select(i =>
            $$"""{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Digest.Of(BitConverter.GetBytes(i))}}","size":7}"""))}}]}""");

    public static byte[] EmptyIndex { get; } = Referrers(0);

    public static byte[] DeepJson { get; } = Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"manifests":[],"x":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}""");

    public static byte[] DuplicateKeys { get; } = """{"schemaVersion":2,"manifests":[],"manifests":[]}"""u8.ToArray();

    public static byte[] InvalidUtf8 { get; } = [.. """{"schemaVersion":2,"manifests":[],"annotations":{"a":" """u8, 0xff, 0xc0, .. "\"}}"u8];

    public static byte[] LoneSurrogate { get; } = """{"schemaVersion":2,"manifests":[],"annotations":{"a":"\ud800"}}"""u8.ToArray();
}
