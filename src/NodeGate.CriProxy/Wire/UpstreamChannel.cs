using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;
using NodeGate.CriProxy.Wire.Relay;

namespace NodeGate.CriProxy.Wire;

/// <inheritdoc cref="IUpstreamChannel"/>
internal sealed class UpstreamChannel : IUpstreamChannel, IAsyncDisposable
{
    private readonly ConnectionGroup _group = new();
    private readonly UpstreamLinks _links;
    private readonly WireLimits _limits;
    private readonly ByteBudget _budget;

    /// <summary>Nothing is connected before the first call.</summary>
    public UpstreamChannel(string socketPath, UpstreamProbe? probe, WireLimits limits, TimeProvider time, ILogger logger)
    {
        _limits = limits;
        _links = new UpstreamLinks(_group, socketPath, probe, limits, time, logger);
        _budget = new ByteBudget(limits.GatedBytes);
    }

    public async Task<GrpcReply> CallAsync(GrpcRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var stream = new UnaryClientStream(_limits, _budget);
        Http2Connection? output;
        lock (_group.Lock)
        {
            _links.Start(stream, Headers(request), endStream: false);
            stream.SendMessage(request.Message, endStream: true);
            output = _group.TakeOutput();
        }

        ConnectionGroup.Send(output);
        await using (cancellationToken.UnsafeRegister(static (state, _) => ((Action)state!)(), (Action)(() => Cancel(stream, cancellationToken))))
        {
            return await stream.Reply;
        }
    }

    public ValueTask DisposeAsync()
    {
        Http2Connection? output;
        lock (_group.Lock)
        {
            _links.Stop();
            output = _group.TakeOutput();
        }

        ConnectionGroup.Send(output);
        return ValueTask.CompletedTask;
    }

    private static HeaderField[] Headers(GrpcRequest request)
    {
        List<HeaderField> fields = [GrpcFields.Post, GrpcFields.Http, HeaderField.Create(":path", request.Path), GrpcFields.Localhost];
        var hasContentType = false;
        var hasTe = false;
        foreach (var entry in request.Metadata)
        {
            var field = HeaderField.Create(entry.Name, entry.Value);
            hasContentType |= field.Kind == HeaderKind.ContentType;
            hasTe |= field.Kind == HeaderKind.Te;
            fields.Add(field);
        }

        if (!hasContentType)
        {
            fields.Add(GrpcFields.ContentType);
        }

        if (!hasTe)
        {
            fields.Add(GrpcFields.TeTrailers);
        }

        return [.. fields];
    }

    private void Cancel(UnaryClientStream stream, CancellationToken cancellationToken)
    {
        Http2Connection? output;
        lock (_group.Lock)
        {
            if (_links.TryRelease(stream))
            {
                stream.End();
            }
            else
            {
                stream.SendReset(Http2ErrorCode.Cancel);
            }

            stream.Abandon(cancellationToken);
            output = _group.TakeOutput();
        }

        ConnectionGroup.Send(output);
    }
}
