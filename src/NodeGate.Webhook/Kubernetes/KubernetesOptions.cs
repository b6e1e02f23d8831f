using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>
/// Where the API server is and who asks it. There are two ways only: with TLS, the authority and the token that a pod is given, or without
/// both through a proxy on this machine (<c>kubectl proxy</c>), since whoever answers in its place could hand out certificates and secrets.
/// </summary>
public sealed record KubernetesOptions
{
    /// <summary>Where a pod's token and authority are mounted.</summary>
    public const string DefaultMount = "/var/run/secrets/kubernetes.io/serviceaccount";

    private KubernetesOptions(Uri server, string? mount)
    {
        Server = server;
        TokenFile = mount is null ? null : Path.Combine(mount, "token");
        AuthorityFile = mount is null ? null : Path.Combine(mount, "ca.crt");
    }

    /// <summary>The API server's address; paths are put behind it.</summary>
    public Uri Server { get; }

    /// <summary>The file with the bearer token, read whenever it changes; null where none is shown.</summary>
    public string? TokenFile { get; }

    /// <summary>The file with the authorities of the API server's certificate, and of no other; null without TLS.</summary>
    public string? AuthorityFile { get; }

    /// <summary>The settings of a pod, from KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT and the folder of its service account.</summary>
    public static bool TryInCluster(
        string? host, string? port, string mount, [NotNullWhen(true)] out KubernetesOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            error = "found no KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT; expected to run in a pod";
            return false;
        }

        var name = IPAddress.TryParse(host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
        return TryAt($"https://{name}:{port}", mount, out options, out error);
    }

    /// <summary>The API server at <paramref name="url"/>; https needs the files in <paramref name="mount"/>, http is for this machine only.</summary>
    public static bool TryAt(
        string url, string mount, [NotNullWhen(true)] out KubernetesOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        error = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http")
            || server.UserInfo.Length > 0 || server.Query.Length > 0 || server.Fragment.Length > 0)
        {
            error = "found no address of an API server; expected one such as https://10.96.0.1:443 or http://127.0.0.1:8001";
        }
        else if (server.Scheme == "http" && !server.IsLoopback)
        {
            error = "found http to another machine; expected https, or http://127.0.0.1:PORT of a 'kubectl proxy'";
        }
        else
        {
            options = new KubernetesOptions(server, server.Scheme == "https" ? mount : null);
        }

        return options is not null;
    }
}
