using System.Collections.Immutable;
using NodeGate.Webhook.Certificates;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Host.Configuration;

/// <summary>The key <c>webhook</c>, which <c>nodegate webhook</c> reads. One file can serve it and a node's daemon.</summary>
internal sealed record WebhookConfig
{
    /// <summary>Where the API server is listened to. The default is 0.0.0.0:8443.</summary>
    public HostPort Listen { get; init; } = new("0.0.0.0", 8443);

    /// <summary>The certificate with its chain, PEM; null where <see cref="SelfSigned"/> is set.</summary>
    public string? Certificate { get; init; }

    /// <summary>The certificate's key, PEM; null where <see cref="SelfSigned"/> is set.</summary>
    public string? Key { get; init; }

    /// <summary>The authorities whose clients may ask for reviews, PEM; null: every client may.</summary>
    public string? ClientCa { get; init; }

    /// <summary>How long a review may take; less where the API server waits for less. The default is 8 seconds.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Where tags are replaced. The default is pods, so that nothing that is kept in git changes.</summary>
    public PinMode Pin { get; init; } = PinMode.Pods;

    /// <summary>Where credentials come from; null: from the API server where this runs in a cluster, else from nowhere.</summary>
    public WebhookCredentials? Credentials { get; init; }

    /// <summary>The docker <c>config.json</c> of <see cref="WebhookCredentials.DockerConfig"/>; also for images whose pods have no pull secrets.</summary>
    public string? DockerConfig { get; init; }

    /// <summary>A certificate of our own making, kept in a Secret; null: <see cref="Certificate"/> and <see cref="Key"/>.</summary>
    public SelfSignedOptions? SelfSigned { get; init; }

    /// <summary>Kinds beyond those that are built in.</summary>
    public ImmutableArray<ResourceImages> Resources { get; init; } = [];
}
