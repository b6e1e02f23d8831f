namespace NodeGate.Registry.Hosts;

/// <summary>What a host may be asked for: containerd's <c>capabilities</c>.</summary>
[Flags]
internal enum HostCapabilities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Content by digest.</summary>
    Pull = 1,

    /// <summary>Tags: the host is trusted to say what a tag means.</summary>
    Resolve = 2,

    /// <summary>Uploads; never used here.</summary>
    Push = 4,

    /// <summary>The referrers API.</summary>
    Referrers = 8,

    /// <summary>What a host has that lists nothing.</summary>
    All = Pull | Resolve | Push | Referrers,
}
