namespace NodeGate.Registry;

/// <summary>The waits of <see cref="RegistryLimits"/> as one value, so that a test can prove each of them without waiting for it.</summary>
internal sealed record RegistryTimings
{
    internal TimeSpan Header { get; init; } = RegistryLimits.HeaderTimeout;

    internal TimeSpan BodyIdle { get; init; } = RegistryLimits.BodyIdleTimeout;

    internal TimeSpan RetryBase { get; init; } = TimeSpan.FromMilliseconds(200);

    internal TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(2);

    internal TimeSpan RetryAfterMax { get; init; } = RegistryLimits.MaxRetryAfter;
}
