using NodeGate.Oci;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>
/// One entry of a docker configuration and the images that it is for, as the kubelet has it (pkg/credentialprovider): the host by labels with
/// <c>*</c> in each, the same port, and a path that the image's begins with. That beginning may end within a component there, so it may here.
/// </summary>
internal sealed class PullEntry
{
    private const string DockerHub = "index.docker.io";

    private readonly string[] _labels;
    private readonly string _port;
    private readonly string _path;

    private PullEntry(string host, string path, RegistryCredential credential)
    {
        (_labels, _port) = Split(host);
        _path = path;
        Key = host + path;
        Credential = credential;
    }

    /// <summary>Host and path. Keys are tried from the last to the first: those with more of a path come before those with less.</summary>
    internal string Key { get; }

    internal RegistryCredential Credential { get; }

    /// <summary>Whether this is what images of Docker Hub are pulled with where no other entry is for them.</summary>
    internal bool IsForDockerHub => Key == DockerHub;

    /// <summary>Null where <paramref name="key"/> is no address.</summary>
    internal static PullEntry? Create(string key, RegistryCredential credential)
    {
        var rest = key.StartsWith("https://", StringComparison.Ordinal) ? key[8..] : key.StartsWith("http://", StringComparison.Ordinal) ? key[7..] : key;
        var end = rest.IndexOfAny(['?', '#']);
        rest = end < 0 ? rest : rest[..end];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (host, path) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..]);
        if (path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            path = path[3..];
        }

        return host.Length == 0 || host.Contains('@', StringComparison.Ordinal) ? null : new PullEntry(host, path == "/" ? "" : path, credential);
    }

    internal bool Covers(ImageReference image)
    {
        var (labels, port) = Split(image.Registry);
        return port == _port && labels.Length == _labels.Length
            && ("/" + image.Repository).StartsWith(_path, StringComparison.Ordinal)
            && _labels.Zip(labels).All(pair => Matches(pair.First, pair.Second));
    }

    private static (string[] Labels, string Port) Split(string host)
    {
        var colon = host.EndsWith(']') ? -1 : host.LastIndexOf(':');
        return colon < 0 ? (host.Split('.'), "") : (host[..colon].Split('.'), host[(colon + 1)..]);
    }

    /// <summary>Where a star has to take more it goes on from there; what stands before it is settled, so that this is never exponential.</summary>
    private static bool Matches(string pattern, string text)
    {
        var (p, t, star, resume) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, t);
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                (p, t) = (p + 1, t + 1);
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
