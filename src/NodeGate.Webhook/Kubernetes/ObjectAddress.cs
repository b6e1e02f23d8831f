namespace NodeGate.Webhook.Kubernetes;

/// <summary>An object in the API. There is none with a name that could lead elsewhere.</summary>
internal sealed record ObjectAddress
{
    private readonly string _collection;
    private readonly string _name;
    private readonly string _shown;

    private ObjectAddress(string collection, string name, string shown)
    {
        _collection = collection;
        _name = name;
        _shown = shown;
    }

    /// <summary>The path of the collection that it is, or would be, in.</summary>
    internal string Collection => _collection;

    /// <summary>Its path.</summary>
    internal string Path => $"{_collection}/{_name}";

    /// <summary>Null where a name cannot be one.</summary>
    internal static ObjectAddress? Secret(string @namespace, string name) => Namespaced("api/v1", "secrets", "secret", @namespace, name);

    /// <summary>Null where a name cannot be one.</summary>
    internal static ObjectAddress? ServiceAccount(string @namespace, string name) =>
        Namespaced("api/v1", "serviceaccounts", "service account", @namespace, name);

    /// <summary>Null where it is none of the kinds that own pods, or a name cannot be one.</summary>
    internal static ObjectAddress? Workload(WorkloadOwner owner, string @namespace)
    {
        var plural = (owner.ApiVersion, owner.Kind) switch
        {
            ("apps/v1", "ReplicaSet") => "replicasets",
            ("apps/v1", "Deployment") => "deployments",
            ("apps/v1", "StatefulSet") => "statefulsets",
            ("apps/v1", "DaemonSet") => "daemonsets",
            ("v1", "ReplicationController") => "replicationcontrollers",
            ("batch/v1", "Job") => "jobs",
            ("batch/v1", "CronJob") => "cronjobs",
            _ => null,
        };
        return plural is null
            ? null
            : Namespaced(owner.ApiVersion == "v1" ? "api/v1" : "apis/" + owner.ApiVersion, plural, owner.Kind, @namespace, owner.Name);
    }

    /// <summary>Null where the name cannot be one.</summary>
    internal static ObjectAddress? MutatingWebhooks(string name) => Webhooks("mutatingwebhookconfigurations", "MutatingWebhookConfiguration", name);

    /// <summary>Null where the name cannot be one.</summary>
    internal static ObjectAddress? ValidatingWebhooks(string name) =>
        Webhooks("validatingwebhookconfigurations", "ValidatingWebhookConfiguration", name);

    /// <summary>For messages: the kind, the name and the namespace.</summary>
    public override string ToString() => _shown;

    private static ObjectAddress? Namespaced(string version, string plural, string kind, string @namespace, string name) =>
        KubernetesName.IsLabel(@namespace) && KubernetesName.IsName(name)
            ? new ObjectAddress($"{version}/namespaces/{@namespace}/{plural}", name, $"{kind} '{name}' in namespace '{@namespace}'")
            : null;

    private static ObjectAddress? Webhooks(string plural, string kind, string name) =>
        KubernetesName.IsName(name) ? new ObjectAddress($"apis/admissionregistration.k8s.io/v1/{plural}", name, $"{kind} '{name}'") : null;
}
