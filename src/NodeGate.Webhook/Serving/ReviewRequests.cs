using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Serving;

/// <summary>
/// What every request to judge goes through before it is read, and after: who asks, for how long, with how much; and that the worst of it is an HTTP
/// error. The API server takes an error as a refusal where the webhook's <c>failurePolicy</c> is <c>Fail</c>.
/// </summary>
internal sealed class ReviewRequests(
    ImmutableDictionary<ReviewPath, ReviewHandler> handlers, WebhookServerOptions options, WebhookMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly ByteBudget _budget = new(options.ReviewBytesInMemory);

    /// <summary>What reviews take of their budget now.</summary>
    internal long BytesInUse => _budget.Used;

    /// <summary>Answers a request to <paramref name="path"/>, whatever it is.</summary>
    internal async Task AnswerAsync(HttpContext context, ReviewPath path)
    {
        var started = time.GetTimestamp();
        var outcome = ReviewOutcome.Failed;
        try
        {
            var reply = await JudgeAsync(context, path, started);
            outcome = reply.Outcome;
            await HttpAnswer.JsonAsync(context, reply.Json);
        }
        catch (OperationCanceledException e) when (e.InnerException is IOException || context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads an answer any more, which is no failure of ours.
            outcome = ReviewOutcome.GivenUp;
            context.Abort();
        }
        catch (RequestRefusedException e)
        {
            outcome = e.Status == StatusCodes.Status503ServiceUnavailable ? ReviewOutcome.Overloaded : ReviewOutcome.BadRequest;
            await RefuseAsync(context, path, e.Status, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            outcome = ReviewOutcome.BadRequest;
            await RefuseAsync(context, path, e.StatusCode, e.Message);
        }
        catch (ReviewFormatException e)
        {
            outcome = ReviewOutcome.BadRequest;
            await RefuseAsync(context, path, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (Exception e)
        {
            ServingLog.RequestFailed(logger, e, path);
            await RefuseAsync(context, path, StatusCodes.Status500InternalServerError, "NodeGate failed; its log tells why.");
        }
        finally
        {
            metrics.Add(path, outcome, time.GetElapsedTime(started));
        }
    }

    private async Task<ReviewReply> JudgeAsync(HttpContext context, ReviewPath path, long started)
    {
        CheckKind(context);
        var deadline = DeadlineOf(context.Request);
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        using var bytes = await ReserveAsync(context, either.Token);
        var body = await ReadAsync(context, either.Token);
        var left = deadline - time.GetElapsedTime(started);
        return await handlers[path](body, left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1), context.RequestAborted);
    }

    private void CheckKind(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            throw new RequestRefusedException(StatusCodes.Status405MethodNotAllowed, "Found another method; expected POST.");
        }

        if (options.ClientAuthorities is not null && context.Connection.ClientCertificate is null)
        {
            throw new RequestRefusedException(
                StatusCodes.Status403Forbidden,
                "Found no client certificate; expected one of the authorities in webhook.clientCa. Give the API server one in its admission configuration.");
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || request.Headers.ContentEncoding.Count > 0)
        {
            throw new RequestRefusedException(
                StatusCodes.Status415UnsupportedMediaType, "Found another content type or a content encoding; expected application/json as it is.");
        }

        if (request.ContentLength > WebhookLimits.MaxReviewBytes)
        {
            throw new RequestRefusedException(
                StatusCodes.Status413PayloadTooLarge, $"Found a body of {request.ContentLength} bytes; expected at most {WebhookLimits.MaxReviewBytes}.");
        }
    }

    private TimeSpan DeadlineOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("timeout", out var given))
        {
            return options.Deadline;
        }

        if (given.Count != 1 || !GoDuration.TryParse(given.ToString(), out var timeout))
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, "Found a timeout that is no duration; expected one such as timeout=10s.");
        }

        var margin = timeout > 2 * ServingLimits.AnswerMargin ? ServingLimits.AnswerMargin : timeout / 2;
        return timeout - margin < options.Deadline ? timeout - margin : options.Deadline;
    }

    private async Task<IDisposable> ReserveAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await _budget.TakeAsync(
                context.Request.ContentLength ?? WebhookLimits.MaxReviewBytes, $"{context.Connection.RemoteIpAddress}", cancellationToken);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.RetryAfter = "1";
            throw new RequestRefusedException(
                StatusCodes.Status503ServiceUnavailable, "Found no room for this review in time, as too many are under way; try again.");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (context.Request.ContentLength is { } length)
            {
                // Not from a pool: a review that was given up may still be looked at, and must not see the next one's bytes.
                var body = GC.AllocateUninitializedArray<byte>((int)length);
                await context.Request.Body.ReadExactlyAsync(body, cancellationToken);
                return body;
            }

            using var read = new MemoryStream();
            await context.Request.Body.CopyToAsync(read, cancellationToken);
            return read.GetBuffer().AsMemory(0, (int)read.Length);
        }
        catch (EndOfStreamException e)
        {
            throw new ReviewFormatException("Found fewer bytes than announced.", e);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new OperationCanceledException("The connection broke.", e, context.RequestAborted);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RequestRefusedException(StatusCodes.Status408RequestTimeout, "Found no end of the review in time.");
        }
    }

    private Task RefuseAsync(HttpContext context, ReviewPath path, int status, string problem)
    {
        ServingLog.RequestRefused(logger, path, status, problem);
        if (context.Response.HasStarted)
        {
            // A cut answer must not look like a complete one.
            context.Abort();
            return Task.CompletedTask;
        }

        return HttpAnswer.TextAsync(context, status, problem);
    }
}
