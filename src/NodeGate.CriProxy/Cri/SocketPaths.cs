using System.Text;
using NodeGate.CriProxy.Wire.Listening;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Cri;

/// <summary>Checks the two socket paths before anything listens.</summary>
internal static class SocketPaths
{
    private const int MaxLinks = 40;

    /// <summary>Requires two absolute paths that fit into a socket address and are not the same socket.</summary>
    /// <exception cref="NodeGateException">They are not; the message names the setting and the fix.</exception>
    public static void Require(string listen, string upstream)
    {
        RequireUsable("listen", listen);
        RequireUsable("upstream", upstream);

        // /var/run is a link to /run nearly everywhere: texts that differ can name one socket, and every call would come back to us for ever.
        var (realListen, realUpstream) = (Resolve(listen), Resolve(upstream));
        if (string.Equals(realListen, realUpstream, StringComparison.Ordinal) || IsSameFile(realListen, realUpstream))
        {
            throw Unusable($"'listen' ({listen}) and 'upstream' ({upstream}) are the same socket {realUpstream}; "
                + "'upstream' must be containerd's own socket and 'listen' another path.");
        }
    }

    private static void RequireUsable(string setting, string path)
    {
        if (!Path.IsPathRooted(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw Unusable($"'{setting}' is '{AnswerText.Clean(path, CriLimits.MaxNameInAnswer)}'; expected an absolute path such as /run/nodegate/nodegate.sock.");
        }

        var length = Encoding.UTF8.GetByteCount(path);
        if (length > SocketFile.MaxPathBytes)
        {
            throw Unusable($"'{setting}' is {length} bytes long; a unix socket's path has at most {SocketFile.MaxPathBytes}. Use a shorter folder.");
        }
    }

    private static bool IsSameFile(string left, string right) =>
        FileIdentity.TryRead(left) is { } first && FileIdentity.TryRead(right) is { } second && first == second;

    // realpath(3): each component's links followed; what does not exist yet stays as it is written.
    private static string Resolve(string path)
    {
        var real = "/";
        var left = new Stack<string>(Split(path));
        var links = 0;
        while (left.TryPop(out var part))
        {
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = part == ".." ? Path.GetDirectoryName(real) ?? "/" : next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw Unusable($"'{path}' goes through more than {MaxLinks} symbolic links.");
            }

            real = Path.IsPathRooted(target) ? "/" : real;
            foreach (var inner in Split(target))
            {
                left.Push(inner);
            }
        }

        return real;
    }

    // Last component first, as a stack wants them.
    private static IEnumerable<string> Split(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();

    private static NodeGateException Unusable(string message) => new(DecisionReason.InternalError, message);
}
