using System.Diagnostics.CodeAnalysis;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Certificates;

/// <summary>What the certificates of our own making are for and where they are kept. There is none with a name that could lead elsewhere.</summary>
public sealed record SelfSignedOptions
{
    private SelfSignedOptions(string @namespace, string secret, string service, IReadOnlyList<string> configurations)
    {
        Namespace = @namespace;
        Secret = secret;
        Service = service;
        Configurations = configurations;
    }

    /// <summary>The namespace of Secret and Service.</summary>
    public string Namespace { get; }

    /// <summary>The name of the Secret that holds authority, certificate and both keys.</summary>
    public string Secret { get; }

    /// <summary>The name of the Service that the API server calls.</summary>
    public string Service { get; }

    /// <summary>The names of the webhook configurations, mutating and validating, whose <c>caBundle</c> is kept.</summary>
    public IReadOnlyList<string> Configurations { get; }

    /// <summary>The names by which the API server and Gatekeeper may call the Service.</summary>
    internal IReadOnlyList<string> DnsNames => [Service, $"{Service}.{Namespace}", $"{Service}.{Namespace}.svc", $"{Service}.{Namespace}.svc.cluster.local"];

    /// <summary>Checks the names; <paramref name="error"/> says what was expected instead of the first that cannot be one.</summary>
    public static bool TryCreate(
        string @namespace,
        string secret,
        string service,
        IReadOnlyList<string> configurations,
        [NotNullWhen(true)] out SelfSignedOptions? options,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(configurations);
        error = !KubernetesName.IsLabel(@namespace) ? "a namespace of at most 63 lower-case letters, digits and '-'"
            : !KubernetesName.IsLabel(service) ? "a service of at most 63 lower-case letters, digits and '-'"
            : !KubernetesName.IsName(secret) ? "a secret of lower-case letters, digits, '-' and '.'"
            : configurations.Count == 0 || !configurations.All(KubernetesName.IsName)
                ? "the names of webhook configurations, at least one, each of lower-case letters, digits, '-' and '.'"
            : null;
        options = error is null ? new SelfSignedOptions(@namespace, secret, service, [.. configurations.Distinct(StringComparer.Ordinal)]) : null;
        return options is not null;
    }
}
