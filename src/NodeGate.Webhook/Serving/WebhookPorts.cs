using NodeGate.Gate;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Serving;

/// <summary>What the server asks, and owns none of.</summary>
public sealed record WebhookPorts
{
    /// <summary>The gate.</summary>
    public required IImageGate Gate { get; init; }

    /// <summary>The policy that the gate judges by.</summary>
    public required IPolicySource Policies { get; init; }

    /// <summary>The certificate.</summary>
    public required IServerCertificates Certificates { get; init; }

    /// <summary>The credentials of pods; null: none.</summary>
    public IPullCredentials? Credentials { get; init; }

    /// <summary>The owners of objects; null: every object is judged itself.</summary>
    public IWorkloadOwners? Owners { get; init; }
}
