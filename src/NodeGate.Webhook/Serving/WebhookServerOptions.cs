using System.Collections.Immutable;
using System.Net;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Serving;

/// <summary>How reviews are served.</summary>
public sealed record WebhookServerOptions
{
    /// <summary>Where is listened; port 0 lets the system choose.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The file of the certificate authorities whose clients may ask, PEM; null: every client may.</summary>
    public string? ClientAuthorities { get; init; }

    /// <summary>How long a review may take; less where the API server waits for less.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Where tags are replaced.</summary>
    public PinMode Pin { get; init; } = PinMode.Pods;

    /// <summary>Kinds beyond those that are built in.</summary>
    public ImmutableArray<ResourceImages> Resources { get; init; } = [];

    /// <summary>More metrics in Prometheus' text format, put behind those of the server.</summary>
    public Func<string> Metrics { get; init; } = () => "";

    internal long ReviewBytesInMemory { get; init; } = WebhookLimits.MaxReviewBytesInMemory;
}
