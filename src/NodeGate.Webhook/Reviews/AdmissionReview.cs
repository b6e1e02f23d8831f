using System.Text.Json;

namespace NodeGate.Webhook.Reviews;

/// <summary>One question of an API server (admission.k8s.io/v1). Holds the bytes that it was read from until it is disposed.</summary>
internal sealed class AdmissionReview(JsonDocument document) : IDisposable
{
    /// <summary>Identifies the question; the answer repeats it.</summary>
    internal required string Uid { get; init; }

    /// <summary>What <see cref="Object"/> is, as the API server converted it for us. What the object says of itself was written by its author.</summary>
    internal required ObjectKind Kind { get; init; }

    /// <summary>The subresource; null for the object itself.</summary>
    internal required string? SubResource { get; init; }

    /// <summary>The name; null where the API server has yet to make it.</summary>
    internal required string? Name { get; init; }

    /// <summary>The namespace; null for what has none.</summary>
    internal required string? Namespace { get; init; }

    /// <summary>What is to be done.</summary>
    internal required ReviewOperation Operation { get; init; }

    /// <summary>True where nothing will be kept.</summary>
    internal required bool IsDryRun { get; init; }

    /// <summary>The object as it would be; null where the operation has none.</summary>
    internal required JsonElement? Object { get; init; }

    /// <summary>The object as it is, from the API server's own store; null where there is none.</summary>
    internal required JsonElement? OldObject { get; init; }

    /// <inheritdoc/>
    public void Dispose() => document.Dispose();
}
