using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Wire.Gated;
using NodeGate.CriProxy.Wire.Http2;
using NodeGate.CriProxy.Wire.Relay;

namespace NodeGate.CriProxy.Wire.Listening;

/// <summary>The socket that the kubelet calls: accepts, and keeps the connections until the daemon drains.</summary>
internal sealed class CriListener : IAsyncDisposable
{
    private static readonly TimeSpan AcceptRetry = TimeSpan.FromMilliseconds(100);

    private readonly CriListenerOptions _options;
    private readonly ICallRouter _router;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly GatedBudget _budget;
    private readonly Socket _socket;
    private readonly SocketFile? _file;
    private readonly Lock _lock = new();
    private readonly HashSet<ServerConnection> _connections = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _accepting = Task.CompletedTask;
    private bool _isStopping;

    private CriListener(CriListenerOptions options, ICallRouter router, TimeProvider time, ILogger logger, Socket socket, SocketFile? file)
    {
        _options = options;
        _router = router;
        _time = time;
        _logger = logger;
        _budget = new GatedBudget(options.Limits);
        _socket = socket;
        _file = file;
    }

    public int ConnectionCount
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Creates the socket file and serves.</summary>
    /// <exception cref="ListenException">The path cannot be listened on.</exception>
    public static CriListener Start(CriListenerOptions options, ICallRouter router, TimeProvider time, ILogger logger)
    {
        var file = SocketFile.Listen(options.SocketPath, options.Group, SocketFile.OwnerAndGroup);
        if (file.ReplacedStale)
        {
            WireLog.StaleSocketReplaced(logger, options.SocketPath);
        }

        return Start(new CriListener(options, router, time, logger, file.Socket, file));
    }

    /// <summary>Serves on a socket that listens already (systemd's socket activation); its file is not ours to remove.</summary>
    public static CriListener Start(CriListenerOptions options, Socket listening, ICallRouter router, TimeProvider time, ILogger logger) =>
        Start(new CriListener(options, router, time, logger, listening, file: null));

    /// <summary>
    /// Stops accepting, lets the calls in flight finish for at most <paramref name="limit"/>, answers the rest UNAVAILABLE and closes.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var open = await StopAcceptingAsync();
        WireLog.Draining(_logger, open.Length);
        foreach (var connection in open)
        {
            connection.BeginDrain();
        }

        try
        {
            await _empty.Task.WaitAsync(limit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            StopAll("nodegate is stopping; the call took longer than the time to drain");
        }
        catch (OperationCanceledException)
        {
            StopAll("nodegate is stopping");
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync();
        StopAll("nodegate is stopping");
    }

    private static CriListener Start(CriListener listener)
    {
        WireLog.Listening(listener._logger, listener._options.SocketPath, listener._options.UpstreamPath);
        listener._accepting = Task.Run(listener.AcceptAsync);
        return listener;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                Serve(await _socket.AcceptAsync(CancellationToken.None));
            }
            catch (SocketException e)
            {
                if (IsStopping())
                {
                    return;
                }

                // Out of file descriptors, most likely: that passes, and a daemon that no longer accepts is worse.
                WireLog.AcceptFailed(_logger, e.Message);
                await Task.Delay(AcceptRetry, _time, CancellationToken.None);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Serve(Socket socket)
    {
        var connection = new ServerConnection(
            socket, new ConnectionGroup(), _options.UpstreamPath, _options.Probe, _router, _budget, _options.Limits, _time, _logger, OnClosed);
        lock (_lock)
        {
            if (_isStopping || _connections.Count >= _options.Limits.Connections)
            {
                WireLog.TooManyConnections(_logger, _options.Limits.Connections);
                socket.Dispose();
                return;
            }

            _connections.Add(connection);
        }

        connection.Start();
        _ = connection.RunAsync();
        _ = WatchGreetingAsync(connection);
    }

    // Whoever connects and says nothing holds one of a limited number of places.
    private async Task WatchGreetingAsync(ServerConnection connection)
    {
        await Task.Delay(_options.Limits.HandshakeTimeout, _time, CancellationToken.None);
        if (!connection.IsGreeted)
        {
            connection.Drop();
        }
    }

    private void OnClosed(ServerConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
            if (_isStopping && _connections.Count == 0)
            {
                _empty.TrySetResult();
            }
        }
    }

    private bool IsStopping()
    {
        lock (_lock)
        {
            return _isStopping;
        }
    }

    private async Task<ServerConnection[]> StopAcceptingAsync()
    {
        ServerConnection[] open;
        lock (_lock)
        {
            _isStopping = true;
            open = [.. _connections];
            if (open.Length == 0)
            {
                _empty.TrySetResult();
            }
        }

        _socket.Dispose();
        _file?.Remove();
        await _accepting;
        return open;
    }

    private void StopAll(string message)
    {
        ServerConnection[] open;
        lock (_lock)
        {
            open = [.. _connections];
        }

        foreach (var connection in open)
        {
            connection.Stop(message);
        }
    }
}
