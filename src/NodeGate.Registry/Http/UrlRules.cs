using System.Net;
using System.Net.Sockets;

namespace NodeGate.Registry.Http;

/// <summary>Where a registry may send this client. What it names is an untrusted URL that a root daemon would open.</summary>
internal static class UrlRules
{
    internal static bool SameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// False for a host that is no name in any writing (a damaged IDN label): .NET parses such a URL and throws where its host is read.
    /// </summary>
    internal static bool HasHost(Uri uri)
    {
        try
        {
            return uri.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    /// <summary>
    /// True for an address that only means something on the node: link-local (a cloud's metadata service) and unspecified addresses, and
    /// loopback for anything but a registry that is itself on loopback.
    /// </summary>
    internal static bool PointsIntoNode(Uri from, Uri to)
    {
        if (to.IsLoopback)
        {
            return !from.IsLoopback;
        }

        if (!IPAddress.TryParse(to.IdnHost, out var address))
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(address))
        {
            return !from.IsLoopback;
        }

        return address.IsIPv6LinkLocal || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, _, _]);
    }
}
