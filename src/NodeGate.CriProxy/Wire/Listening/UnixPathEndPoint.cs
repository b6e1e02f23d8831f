using System.Net;
using System.Net.Sockets;

namespace NodeGate.CriProxy.Wire.Listening;

/// <summary>
/// A unix path to bind to. Unlike <see cref="UnixDomainSocketEndPoint"/> the runtime does not delete its file when the socket is disposed:
/// by then the path may belong to the daemon that took over.
/// </summary>
internal sealed class UnixPathEndPoint(UnixDomainSocketEndPoint path) : EndPoint
{
    public override AddressFamily AddressFamily => AddressFamily.Unix;

    public override SocketAddress Serialize() => path.Serialize();

    public override EndPoint Create(SocketAddress socketAddress) => path.Create(socketAddress);
}
