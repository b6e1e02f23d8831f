namespace NodeGate.Host.Configuration;

/// <summary>The key <c>webhook.credentials</c>.</summary>
internal enum WebhookCredentials
{
    /// <summary>The pull secrets of the pod and its service account, through the API server.</summary>
    PullSecrets,

    /// <summary>The file of <c>webhook.dockerConfig</c> alone.</summary>
    DockerConfig,

    /// <summary>None.</summary>
    None,
}
