namespace NodeGate.Registry;

/// <summary>The upper bounds on what a registry, its token server or a file of the node can make this client do. All of this room's limits stand here.</summary>
/// <remarks>Manifests, indexes and pages are bounded by <see cref="Oci.OciLimits"/>; a blob by what its caller allows.</remarks>
public static class RegistryLimits
{
    /// <summary>Most hosts that one registry's <c>hosts.toml</c> may name, the server included.</summary>
    public const int MaxHosts = 16;

    /// <summary>Most redirects followed for one request.</summary>
    public const int MaxRedirects = 5;

    /// <summary>Longest URL that is followed, in characters: redirect, page link or token realm. Signed storage URLs reach 2 KiB.</summary>
    public const int MaxUrlLength = 8 * 1024;

    /// <summary>All response headers of one response together, in KiB.</summary>
    public const int MaxResponseHeaderKilobytes = 64;

    /// <summary>Most pages of one referrers listing.</summary>
    public const int MaxReferrersPages = 64;

    /// <summary>All pages of one referrers listing together, in bytes.</summary>
    public const int MaxReferrersBytes = 16 * 1024 * 1024;

    /// <summary>Longest Www-Authenticate header, in characters.</summary>
    public const int MaxChallengeLength = 8 * 1024;

    /// <summary>Most challenges in one response.</summary>
    public const int MaxChallenges = 8;

    /// <summary>Most parameters of one challenge.</summary>
    public const int MaxChallengeParameters = 16;

    /// <summary>Most scopes asked of a token server.</summary>
    public const int MaxScopes = 8;

    /// <summary>Largest answer of a token server, in bytes.</summary>
    public const int MaxTokenResponseBytes = 128 * 1024;

    /// <summary>Longest token, in characters; it has to fit into a request header.</summary>
    public const int MaxTokenLength = 32 * 1024;

    /// <summary>Deepest nesting of a token server's answer and of a docker configuration.</summary>
    public const int MaxJsonDepth = 8;

    /// <summary>Most tokens kept.</summary>
    public const int MaxCachedTokens = 1024;

    /// <summary>Most hosts whose challenge, API or scheme is remembered.</summary>
    public const int MaxRememberedHosts = 512;

    /// <summary>Most registries whose <c>certs.d</c> folder is kept parsed.</summary>
    public const int MaxCachedHostFiles = 256;

    /// <summary>Most connection pools; one for each distinct TLS setup.</summary>
    public const int MaxConnectionPools = 64;

    /// <summary>Most connections to one server in one pool.</summary>
    public const int MaxConnectionsPerServer = 32;

    /// <summary>Largest <c>hosts.toml</c>, in bytes.</summary>
    public const int MaxHostsFileBytes = 256 * 1024;

    /// <summary>Largest certificate or key file, in bytes.</summary>
    public const int MaxCertificateFileBytes = 1024 * 1024;

    /// <summary>Largest docker <c>config.json</c>, in bytes.</summary>
    public const int MaxDockerConfigBytes = 1024 * 1024;

    /// <summary>Deepest nesting of arrays and inline tables in a <c>hosts.toml</c>.</summary>
    public const int MaxTomlDepth = 16;

    /// <summary>Most retries of one request, after the first attempt.</summary>
    public const int MaxRetries = 2;

    /// <summary>Longest wait for a connection, TLS included, where <c>dial_timeout</c> does not say otherwise.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for the headers of a response. A host that hangs must leave time for the next one.</summary>
    public static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause within a body. A body that trickles faster is ended by the operation's own deadline.</summary>
    public static readonly TimeSpan BodyIdleTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest Retry-After that is waited for; a longer one ends the attempts at that host.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>How long it is remembered whether a host has the referrers API, which challenge it sends, and that it speaks plain http.</summary>
    public static readonly TimeSpan HostMemory = TimeSpan.FromMinutes(10);

    /// <summary>Longest time a token is kept, whatever its server says.</summary>
    public static readonly TimeSpan MaxTokenAge = TimeSpan.FromHours(1);
}
