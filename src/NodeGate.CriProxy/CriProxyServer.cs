using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Containers;
using NodeGate.CriProxy.Cri.Sandbox;
using NodeGate.CriProxy.Wire;
using NodeGate.CriProxy.Wire.Listening;
using NodeGate.Gate;

namespace NodeGate.CriProxy;

/// <summary>
/// The unix-socket edge: serves containerd's CRI on a socket of its own and lets no image be pulled, reported present or run that the gate did
/// not admit.
/// </summary>
public sealed class CriProxyServer : IAsyncDisposable
{
    private readonly CriProxyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly UpstreamChannel _containerd;
    private readonly CriRouter _router;
    private CriListener? _listener;

    /// <summary>Wires the edge; nothing listens or is connected before <see cref="StartAsync"/>.</summary>
    /// <exception cref="NodeGate.Oci.NodeGateException">The paths cannot be used: not absolute, too long, or both the same socket.</exception>
    public CriProxyServer(CriProxyOptions options, IImageGate gate, IPolicySource policies, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        SocketPaths.Require(options.Listen, options.Upstream);
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger<CriProxyServer>();
        _containerd = new UpstreamChannel(options.Upstream, CriReadiness.Probe, options.Limits, time, _logger);
        var calls = new CriCalls(_containerd);
        var finder = new ImageFinder(calls);
        var containers = new ContainerGuard(gate, finder, time, _logger);
        var pull = new PullImageMethod(gate, new AdmittedPull(gate, _containerd), new TagNaming(calls, time), time, _logger);
        var sandbox = new RunPodSandboxMethod(policies, new SandboxImageFinder(calls), finder, containers, pull, _containerd, calls, time, _logger);
        _router = new CriRouter(
            pull,
            new ImageStatusMethod(gate, _containerd, finder, _logger),
            new CreateContainerMethod(containers, _containerd, calls, _logger),
            new RestorePodMethod(containers, _containerd, calls, _logger),
            sandbox,
            () => sandbox.IsWanted);
    }

    /// <summary>The connections that are open now.</summary>
    public int ConnectionCount => _listener?.ConnectionCount ?? 0;

    /// <summary>Whether containerd's socket takes connections now. For health and metrics: no call depends on it.</summary>
    public bool IsUpstreamReachable
    {
        get
        {
            // Connecting to a unix socket completes or fails at once; only a full backlog would block, and that is somebody listening.
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            try
            {
                probe.Connect(new UnixDomainSocketEndPoint(_options.Upstream));
                return true;
            }
            catch (SocketException fault)
            {
                return fault.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress;
            }
        }
    }

    /// <summary>
    /// Creates the socket (mode 0660, a stale file is replaced) and serves. containerd need not be up: calls are held until it is
    /// (design.md section 2).
    /// </summary>
    /// <exception cref="NodeGate.Oci.NodeGateException">The socket cannot be listened on, or another process listens on it.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_listener is not null)
        {
            throw new InvalidOperationException("The edge was started already.");
        }

        var options = new CriListenerOptions(_options.Listen, _options.Upstream)
        {
            Group = _options.ListenGroup,
            Probe = CriReadiness.Probe,
            Limits = _options.Limits,
        };
        _listener = CriListener.Start(options, _router, _time, _logger);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Accepts nothing new, lets the calls in flight finish for at most <paramref name="limit"/>, answers the rest UNAVAILABLE and closes. The
    /// socket file is gone afterwards.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        if (_listener is not null)
        {
            await _listener.DrainAsync(limit, CancellationToken.None);
        }

        await _containerd.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        await _containerd.DisposeAsync();
    }
}
