namespace NodeGate.Webhook.Kubernetes;

/// <summary>The port to the objects that others belong to.</summary>
public interface IWorkloadOwners
{
    /// <summary>
    /// The object that <paramref name="owner"/> names in <paramref name="namespace"/>; null where there is none with this UID, or it cannot be asked for.
    /// The caller disposes it.
    /// </summary>
    /// <exception cref="OperationCanceledException">The time was over.</exception>
    Task<System.Text.Json.JsonDocument?> FindAsync(WorkloadOwner owner, string @namespace, CancellationToken cancellationToken);
}
