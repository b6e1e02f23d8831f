using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>Owners read from the API server. Whatever goes wrong means "not found": the object is then judged itself, which is always right.</summary>
public sealed class WorkloadOwners : IWorkloadOwners
{
    private readonly KubernetesClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkloadOwners> _logger;

    /// <summary>Creates it; nothing is asked yet.</summary>
    public WorkloadOwners(KubernetesClient client, TimeProvider time, ILogger<WorkloadOwners> logger)
    {
        _client = client;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public async Task<JsonDocument?> FindAsync(WorkloadOwner owner, string @namespace, CancellationToken cancellationToken)
    {
        if (ObjectAddress.Workload(owner, @namespace) is not { } address)
        {
            KubernetesLog.OwnerNotFound(_logger, "no name of a built-in workload");
            return null;
        }

        using var timeout = new CancellationTokenSource(WebhookLimits.OwnerTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        KubernetesAnswer answer;
        try
        {
            answer = await _client.GetAsync(address, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            KubernetesLog.OwnerNotFound(_logger, $"{address}: no answer within {WebhookLimits.OwnerTimeout.TotalSeconds} s");
            return null;
        }

        if (answer.Document is { } document && JsonMembers.Metadata(document.RootElement, "uid") == owner.Uid)
        {
            return document;
        }

        KubernetesLog.OwnerNotFound(_logger, answer.Document is null ? answer.Problem : $"{address}: it has another UID than the object's owner");
        answer.Dispose();
        return null;
    }
}
