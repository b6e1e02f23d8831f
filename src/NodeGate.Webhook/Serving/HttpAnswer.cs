using System.Text;
using Microsoft.AspNetCore.Http;

namespace NodeGate.Webhook.Serving;

/// <summary>Whole answers: one status, one body, its length told.</summary>
internal static class HttpAnswer
{
    /// <summary>Answers with JSON.</summary>
    internal static Task JsonAsync(HttpContext context, ReadOnlyMemory<byte> body) =>
        WriteAsync(context, StatusCodes.Status200OK, "application/json", body);

    /// <summary>Answers with one line of text.</summary>
    internal static Task TextAsync(HttpContext context, int status, string line) =>
        WriteAsync(context, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Answers with metrics in Prometheus' text format.</summary>
    internal static Task MetricsAsync(HttpContext context, string metrics) =>
        WriteAsync(context, StatusCodes.Status200OK, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(metrics));

    private static async Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
