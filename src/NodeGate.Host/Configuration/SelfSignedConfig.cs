using System.Diagnostics.CodeAnalysis;
using NodeGate.Webhook.Certificates;

namespace NodeGate.Host.Configuration;

/// <summary>The key <c>webhook.selfSigned</c>: authority and certificate are made here, kept in a Secret and renewed ahead of their end.</summary>
/// <param name="Namespace">The namespace of Secret and Service.</param>
/// <param name="Secret">The Secret's name.</param>
/// <param name="Service">The Service's name; the certificate is for <c>SERVICE.NAMESPACE.svc</c>.</param>
/// <param name="Configurations">The webhook configurations, validating and mutating, whose <c>caBundle</c> is kept.</param>
internal sealed record SelfSignedConfig(string Namespace, string Secret, string Service, IReadOnlyList<string> Configurations)
{
    /// <summary>The same as what makes them takes it; <paramref name="error"/> says which name cannot be one.</summary>
    internal bool TryGetOptions([NotNullWhen(true)] out SelfSignedOptions? options, [NotNullWhen(false)] out string? error) =>
        SelfSignedOptions.TryCreate(Namespace, Secret, Service, Configurations, out options, out error);
}
