using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using NodeGate.Registry.Auth;
using NodeGate.Registry.Http;
using Polly;
using Polly.Retry;

namespace NodeGate.Registry;

/// <summary>What all sources of a factory share: connections, what is known about hosts, and tokens by credential.</summary>
internal sealed class RegistryContext : IDisposable
{
    private readonly ConnectionPools _pools = new();

    internal RegistryContext(RegistryOptions options, RegistryTimings timings, TimeProvider time, ILogger logger)
    {
        Options = options;
        Time = time;
        Logger = logger;
        Exchange = new HttpExchange(_pools, timings, time);
        TokenClient = new TokenClient(Exchange);
        RetryAfterMax = timings.RetryAfterMax;
        Tokens = new(RegistryLimits.MaxCachedTokens, time);
        Challenges = new(RegistryLimits.MaxRememberedHosts, time);
        ReferrersApis = new(RegistryLimits.MaxRememberedHosts, time);
        PlainHosts = new(RegistryLimits.MaxRememberedHosts, time);
        Retries = CreateRetries(timings, time);
    }

    internal RegistryOptions Options { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal HttpExchange Exchange { get; }

    internal TokenClient TokenClient { get; }

    internal TimeSpan RetryAfterMax { get; }

    /// <summary>Tokens by a keyed hash of everything they depend on.</summary>
    internal ExpiringCache<string> Tokens { get; }

    /// <summary>The last challenge of an origin.</summary>
    internal ExpiringCache<HostChallenge> Challenges { get; }

    /// <summary>Whether an origin has the referrers API.</summary>
    internal ExpiringCache<bool> ReferrersApis { get; }

    /// <summary>Hosts that were tried over https and speak plain http.</summary>
    internal ExpiringCache<bool> PlainHosts { get; }

    /// <summary>The key under which credentials are hashed; new in each process, so that a hash means nothing elsewhere.</summary>
    internal byte[] TokenKey { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Runs one GET again where that is safe and may help.</summary>
    internal ResiliencePipeline Retries { get; }

    /// <inheritdoc/>
    public void Dispose() => _pools.Dispose();

    private static ResiliencePipeline CreateRetries(RegistryTimings timings, TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = RegistryLimits.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = timings.RetryBase,
                MaxDelay = timings.RetryMax,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is HostException { IsRetryable: true }),
                DelayGenerator = static args => ValueTask.FromResult((args.Outcome.Exception as HostException)?.RetryAfter),
            })
            .Build();
}
