namespace NodeGate.Webhook.Kubernetes;

/// <summary>The controlling entry of an object's <c>metadata.ownerReferences</c>.</summary>
/// <param name="ApiVersion">Group and version, such as <c>apps/v1</c>.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name.</param>
/// <param name="Uid">The UID: a name alone may be somebody else's by now.</param>
public sealed record WorkloadOwner(string ApiVersion, string Kind, string Name, string Uid);
