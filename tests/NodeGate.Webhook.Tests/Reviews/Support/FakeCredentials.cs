using System.Collections.Concurrent;
using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Tests.Reviews.Support;

/// <summary>User names by the name of a secret, or of a service account.</summary>
internal sealed class FakeCredentials : IPullCredentials
{
    public Dictionary<string, string[]> Users { get; } = new(StringComparer.Ordinal);

    public ImmutableArray<string> Problems { get; set; } = [];

    public ConcurrentQueue<PullSecretsOwner> Asked { get; } = new();

    public bool IsSilent { get; set; }

    public async Task<PullKeyring> FindAsync(PullSecretsOwner owner, CancellationToken cancellationToken)
    {
        Asked.Enqueue(owner);
        if (IsSilent)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        string[] names = owner.Secrets.IsEmpty ? [owner.ServiceAccount ?? "default"] : [.. owner.Secrets];
        ImmutableArray<RegistryCredential> found = [.. names.SelectMany(n => Users.GetValueOrDefault(n) ?? []).Select(u => new RegistryCredential { Username = u, Password = "secret" })];
        return new PullKeyring(_ => found, Problems);
    }
}
