namespace NodeGate.Host.Control;

/// <summary>The bounds of the control socket. Only root can open it; a broken client must not take the daemon's memory or places all the same.</summary>
internal static class ControlLimits
{
    /// <summary>Connections open at once: one for each pull that containerd's verifier asks about, and the commands.</summary>
    internal const int Connections = 64;

    /// <summary>Largest body of a request, in bytes.</summary>
    internal const int RequestBytes = 64 * 1024;

    /// <summary>Longest request line, in bytes.</summary>
    internal const int RequestLineBytes = 1024;

    /// <summary>All headers of a request together, in bytes.</summary>
    internal const int HeaderBytes = 4 * 1024;

    /// <summary>Most headers of a request.</summary>
    internal const int Headers = 16;

    /// <summary>Deepest nesting of a message.</summary>
    internal const int JsonDepth = 8;

    /// <summary>Longest image name that is asked about, in characters.</summary>
    internal const int NameLength = 1024;

    /// <summary>Most namespaces of one scan.</summary>
    internal const int Namespaces = 1024;

    /// <summary>Largest descriptor that containerd's verifier plugin hands over, in bytes.</summary>
    internal const int DescriptorBytes = 1024 * 1024;

    /// <summary>How long a client may take for its headers, and keep an idle connection.</summary>
    internal static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a command waits for the status.</summary>
    internal static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long the verifier entry takes in all: containerd kills it after 10 seconds, and then nobody reads the reason (cri.md section 3.1).</summary>
    internal static readonly TimeSpan VerifierTimeout = TimeSpan.FromSeconds(9);
}
