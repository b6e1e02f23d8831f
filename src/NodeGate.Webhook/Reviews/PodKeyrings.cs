using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Reviews;

/// <summary>The credentials of one review: looked up when an image needs them, and once for each account.</summary>
internal sealed class PodKeyrings(IPullCredentials? credentials, string? @namespace, ReviewClock clock)
{
    private static readonly PullKeyring TooMany = WithProblem(
        $"The pull secrets of more than {WebhookLimits.MaxPullSecretsOwners} different pod specifications were not read; use fewer of them in one object.");

    private static readonly PullKeyring TooLate = WithProblem("The pull secrets could not be read in time; try again.");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<PullKeyring>> _found = new(StringComparer.Ordinal);

    internal Task<PullKeyring> FindAsync(PodAccount account)
    {
        if (credentials is null || @namespace is null)
        {
            return Task.FromResult(PullKeyring.Empty);
        }

        lock (_gate)
        {
            if (!_found.TryGetValue(account.Key, out var found))
            {
                if (_found.Count == WebhookLimits.MaxPullSecretsOwners)
                {
                    return Task.FromResult(TooMany);
                }

                found = LookUpAsync(credentials, new PullSecretsOwner(@namespace, account.ServiceAccount, account.Secrets));
                _found.Add(account.Key, found);
            }

            return found;
        }
    }

    private static PullKeyring WithProblem(string problem) => new(_ => [], [problem]);

    private async Task<PullKeyring> LookUpAsync(IPullCredentials port, PullSecretsOwner owner)
    {
        try
        {
            return await port.FindAsync(owner, clock.Lookups);
        }
        catch (OperationCanceledException) when (!clock.Caller.IsCancellationRequested)
        {
            return TooLate;
        }
    }
}
