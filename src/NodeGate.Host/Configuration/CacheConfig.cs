namespace NodeGate.Host.Configuration;

/// <summary>The key <c>cache</c>.</summary>
internal sealed record CacheConfig
{
    /// <summary>How long an admission is good without asking the registry again. The default is 24 hours.</summary>
    public TimeSpan AdmittedFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long beyond that it still holds while registry or log cannot be reached, for rules that allow it (<c>grace: allow</c>). The default is zero.
    /// </summary>
    public TimeSpan GraceFor { get; init; }

    /// <summary>How long a refusal is repeated without asking the registry again. The default is 30 seconds.</summary>
    public TimeSpan DeniedFor { get; init; } = TimeSpan.FromSeconds(30);
}
