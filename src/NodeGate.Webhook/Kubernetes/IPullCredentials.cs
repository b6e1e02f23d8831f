namespace NodeGate.Webhook.Kubernetes;

/// <summary>The port to the credentials that the kubelet would pull with.</summary>
public interface IPullCredentials
{
    /// <summary>
    /// The credentials of <paramref name="owner"/>. What could not be read is in <see cref="PullKeyring.Problems"/>: the image is then asked for without
    /// it, and a registry that refuses that says so.
    /// </summary>
    /// <exception cref="OperationCanceledException">The time was over.</exception>
    Task<PullKeyring> FindAsync(PullSecretsOwner owner, CancellationToken cancellationToken);
}
