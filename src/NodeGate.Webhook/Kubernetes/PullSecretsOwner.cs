using System.Collections.Immutable;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>What a pod specification says about credentials.</summary>
/// <param name="Namespace">The namespace of the request; secrets come from no other.</param>
/// <param name="ServiceAccount">The service account; null where the specification names none (then <c>default</c>).</param>
/// <param name="Secrets">The names in <c>imagePullSecrets</c>. Where there are none those of the service account count, as in the API server.</param>
public sealed record PullSecretsOwner(string Namespace, string? ServiceAccount, ImmutableArray<string> Secrets);
