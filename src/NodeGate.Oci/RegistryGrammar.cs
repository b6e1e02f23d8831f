using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeGate.Oci;

/// <summary>The registry part of a reference: <c>host[:port]</c>, the host a domain name, an IPv4 address or an IPv6 address in brackets.</summary>
internal static class RegistryGrammar
{
    internal const int HttpsPort = 443;

    private const int MaxPort = 65535;

    internal static ReferenceFault? FindFault(string registry)
    {
        int end;
        if (registry.StartsWith('['))
        {
            end = registry.IndexOf(']', StringComparison.Ordinal) + 1;
            if (end == 0 || !TryParseIPv6(registry.AsSpan(1, end - 2), out _))
            {
                return new ReferenceFault(0, "expected an IPv6 address in brackets, without a zone, as the registry");
            }
        }
        else
        {
            end = registry.IndexOf(':', StringComparison.Ordinal);
            end = end < 0 ? registry.Length : end;
            if (FindHostFault(registry.AsSpan(0, end)) is { } fault)
            {
                return fault;
            }
        }

        if (end == registry.Length)
        {
            return null;
        }

        return registry[end] == ':' && TryParsePort(registry.AsSpan(end + 1), out _)
            ? null
            : new ReferenceFault(end, $"expected ':' and a port of 1 to {MaxPort} after the registry's host");
    }

    /// <summary>
    /// The one spelling of <paramref name="registry"/> among all that reach the same server: lower case, no leading zeros, no port where it
    /// is that of https, one text for each IP address, Docker Hub by its short name.
    /// </summary>
    internal static string Canonicalise(string registry)
    {
        var bracket = registry.IndexOf(']', StringComparison.Ordinal);
        var colon = registry.IndexOf(':', bracket < 0 ? 0 : bracket);
        var end = colon < 0 ? registry.Length : colon;
        var host = bracket >= 0 && TryParseIPv6(registry.AsSpan(1, bracket - 1), out var address)
            ? TextOf(address!)
            : registry[..end].ToLowerInvariant();
        var port = HttpsPort;
        if (colon >= 0)
        {
            _ = TryParsePort(registry.AsSpan(colon + 1), out port);
        }

        if (port != HttpsPort)
        {
            return host + ":" + port.ToString(CultureInfo.InvariantCulture);
        }

        // The addresses behind "docker.io": the first is what containerd dials for it, the second its old name.
        return host is "registry-1.docker.io" or "index.docker.io" ? ImageReferenceParser.DefaultRegistry : host;
    }

    // [::ffff:7f00:1] reaches what 127.0.0.1 reaches.
    private static string TextOf(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : "[" + address + "]";

    private static ReferenceFault? FindHostFault(ReadOnlySpan<char> host)
    {
        for (var i = 0; i < host.Length; i++)
        {
            var edge = i == 0 || i == host.Length - 1 || host[i - 1] == '.' || host[i + 1] == '.';
            if (!char.IsAsciiLetterOrDigit(host[i]) && (edge || host[i] is not ('-' or '.')))
            {
                return new ReferenceFault(
                    i, "expected a registry host of letters, digits, '-' and '.', each part beginning and ending with a letter or digit");
            }
        }

        // 127.1 and 0x7f.1 are 127.0.0.1 to .NET and to the C library, and names to ask DNS for to Go: two readers, two registries.
        if (IPAddress.TryParse(host, out var address) && !host.SequenceEqual(address.ToString()))
        {
            return new ReferenceFault(0, $"expected an IPv4 address in its usual form ({address})");
        }

        return host.IsEmpty ? new ReferenceFault(0, "expected a registry host") : null;
    }

    private static bool TryParseIPv6(ReadOnlySpan<char> text, out IPAddress? address)
    {
        address = null;
        return !text.ContainsAnyExcept("0123456789abcdefABCDEF:")
            && IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        var digits = text.TrimStart('0');
        // .NET's numbers may end with NUL characters, which would be part of the name from here on.
        return digits.Length is > 0 and <= 5 && !digits.ContainsAnyExceptInRange('0', '9') && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= MaxPort;
    }
}
