using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy.Wire;
using NodeGate.CriProxy.Wire.Listening;

namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>A folder for sockets, a listener in it, and a raw upstream where a test asks for one.</summary>
internal sealed class WirePlace : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ng-").FullName;
    private Socket? _upstream;

    public string SocketPath => Path.Combine(_folder, "n.sock");

    public string UpstreamPath => Path.Combine(_folder, "u.sock");

    public CriListener? Listener { get; private set; }

    public CriListener Start(ICallRouter? router = null, WireLimits? limits = null, TimeProvider? time = null, UpstreamProbe? probe = null) =>
        Listener = CriListener.Start(
            new CriListenerOptions(SocketPath, UpstreamPath) { Limits = limits ?? WireLimits.Default, Probe = probe },
            router ?? new TestRouter(), time ?? TimeProvider.System, NullLogger.Instance);

    public Socket ListenUpstream()
    {
        File.Delete(UpstreamPath);
        _upstream = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _upstream.Bind(new UnixPathEndPoint(new UnixDomainSocketEndPoint(UpstreamPath)));
        _upstream.Listen();
        return _upstream;
    }

    public async ValueTask DisposeAsync()
    {
        if (Listener is not null)
        {
            await Listener.DisposeAsync();
        }

        _upstream?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
