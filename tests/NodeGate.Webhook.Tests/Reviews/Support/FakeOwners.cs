using System.Text.Json;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Tests.Reviews.Support;

/// <summary>Objects by namespace and UID, as the API server would find them.</summary>
internal sealed class FakeOwners : IWorkloadOwners
{
    public Dictionary<(string Namespace, string Uid), string> Objects { get; } = [];

    public List<WorkloadOwner> Asked { get; } = [];

    /// <summary>Never answers, as an API server that hangs.</summary>
    public bool IsSilent { get; set; }

    public async Task<JsonDocument?> FindAsync(WorkloadOwner owner, string @namespace, CancellationToken cancellationToken)
    {
        Asked.Add(owner);
        if (IsSilent)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return Objects.TryGetValue((@namespace, owner.Uid), out var found) ? JsonDocument.Parse(found) : null;
    }
}
