using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using NodeGate.Host.Configuration;
using NodeGate.Oci;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Host.Daemon;

/// <summary>What the webhook knows from the API server; nothing where it does not run in a cluster.</summary>
internal sealed class WebhookCluster : IDisposable
{
    private readonly PullSecrets? _secrets;

    private WebhookCluster(KubernetesClient? client, bool readsSecrets, ILoggerFactory loggers)
    {
        var time = TimeProvider.System;
        Client = client;
        if (client is not null)
        {
            _secrets = readsSecrets ? new PullSecrets(client, time, loggers.CreateLogger<PullSecrets>()) : null;
            Owners = new WorkloadOwners(client, time, loggers.CreateLogger<WorkloadOwners>());
        }
    }

    internal KubernetesClient? Client { get; }

    internal IPullCredentials? Credentials => _secrets;

    internal IWorkloadOwners? Owners { get; }

    /// <summary>Finds the API server by what a pod is given; where that is not there, <paramref name="problem"/> says what is missing.</summary>
    internal static bool TryFindServer([NotNullWhen(true)] out KubernetesOptions? options, [NotNullWhen(false)] out string? problem)
    {
        var isThere = KubernetesOptions.TryInCluster(
            Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"),
            Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"),
            KubernetesOptions.DefaultMount,
            out options,
            out problem);
        if (isThere && !File.Exists(options!.TokenFile))
        {
            problem = $"found no {options.TokenFile}; expected a pod whose service account is mounted (automountServiceAccountToken: true)";
            options = null;
        }

        return options is not null;
    }

    /// <summary>The parts that ask the API server, as far as the configuration has them.</summary>
    /// <exception cref="NodeGateException">The configuration needs one and there is none.</exception>
    internal static WebhookCluster Find(WebhookConfig config, ILoggerFactory loggers)
    {
        var isThere = TryFindServer(out var options, out var problem);
        if (!isThere && config.Credentials == WebhookCredentials.PullSecrets)
        {
            throw new NodeGateException(
                DecisionReason.InternalError, $"webhook.credentials: {problem}, or 'credentials: dockerConfig' or 'none' outside a cluster");
        }

        if (!isThere && config.SelfSigned is not null)
        {
            throw new NodeGateException(
                DecisionReason.InternalError, $"webhook.selfSigned: {problem}, or 'certificate' and 'key' outside a cluster");
        }

        var client = isThere ? new KubernetesClient(options!, TimeProvider.System, loggers.CreateLogger<KubernetesClient>()) : null;
        return new WebhookCluster(client, config.Credentials is null or WebhookCredentials.PullSecrets, loggers);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _secrets?.Dispose();
        Client?.Dispose();
    }
}
