using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Certificates;

/// <summary>
/// Keeps the authorities in the <c>caBundle</c> of those webhooks that call our Service, and of no other. An authority that has not ended is
/// never taken out: another replica may know of it already.
/// </summary>
internal sealed class CaBundles(KubernetesClient client, SelfSignedOptions options, TimeProvider time, Action<string> progress)
{
    /// <summary>Returns one sentence, with the fix, for each configuration that does not have them now.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    internal async Task<ImmutableArray<string>> EnsureAsync(ImmutableArray<X509Certificate2> trusted, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var name in options.Configurations)
        {
            var (mutating, validating) = (ObjectAddress.MutatingWebhooks(name)!, ObjectAddress.ValidatingWebhooks(name)!);
            var first = await EnsureAsync(mutating, trusted, cancellationToken);
            var second = await EnsureAsync(validating, trusted, cancellationToken);
            problems.AddRange(new[] { first.Problem, second.Problem }.OfType<string>());
            if (first.Webhooks + second.Webhooks == 0 && first.Problem is null && second.Problem is null)
            {
                problems.Add($"There is neither a {mutating} nor a {validating} with a webhook that calls the service '{options.Service}' in namespace "
                    + $"'{options.Namespace}'; apply it, or correct the configured names.");
            }
        }

        return problems.ToImmutable();
    }

    private async Task<(int Webhooks, string? Problem)> EnsureAsync(
        ObjectAddress address, ImmutableArray<X509Certificate2> trusted, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            using var found = await client.GetAsync(address, cancellationToken);
            if (found.Outcome == KubernetesOutcome.NotFound)
            {
                return (0, null);
            }

            if (found.Document is null)
            {
                return (0, Explain(address, found));
            }

            var root = found.Document.RootElement;
            var (ours, changes) = Changes(root, trusted);
            if (changes.Count == 0)
            {
                return (ours, null);
            }

            using var patched = await client.PatchAsync(address, Patch(root, changes), cancellationToken);
            if (patched.Outcome == KubernetesOutcome.Done)
            {
                progress($"{address}: the caBundle of {string.Join(", ", changes.Select(change => $"'{change.Name}'"))} is up to date now");
                return (ours, null);
            }

            if (patched.Outcome != KubernetesOutcome.Conflict || conflicts == WebhookLimits.MaxConflicts)
            {
                return (ours, Explain(address, patched));
            }
        }
    }

    private string Explain(ObjectAddress address, KubernetesAnswer answer) => answer.Outcome == KubernetesOutcome.Forbidden
        ? $"The {address} may not be read or patched by the webhook, so that its caBundle is not kept. "
            + Grant.InCluster(
                "nodegate-webhook-certificates",
                "--verb=get,patch --resource=mutatingwebhookconfigurations,validatingwebhookconfigurations "
                + string.Join(' ', options.Configurations.Select(name => "--resource-name=" + name)),
                client.ServiceAccount)
        : answer.Problem;

    /// <summary>How many webhooks are ours, and the new bundles of those whose bundle is not as it should be.</summary>
    private (int Ours, List<(string Name, string Bundle)> Changes) Changes(JsonElement configuration, ImmutableArray<X509Certificate2> trusted)
    {
        var ours = 0;
        var changes = new List<(string Name, string Bundle)>();
        if (JsonMembers.Member(configuration, "webhooks", JsonValueKind.Array) is not { } webhooks)
        {
            return (ours, changes);
        }

        foreach (var webhook in webhooks.EnumerateArray())
        {
            if (JsonMembers.Text(webhook, "name") is not { } name || !CallsUs(webhook, out var bundle))
            {
                continue;
            }

            ours++;
            var present = Certificates(bundle);
            var wanted = trusted.Concat(present.Where(one => one.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime))
                .DistinctBy(one => one.Thumbprint).Take(WebhookLimits.MaxCertificates).ToList();
            if (!wanted.Select(one => one.Thumbprint).ToHashSet(StringComparer.Ordinal).SetEquals(present.Select(one => one.Thumbprint)))
            {
                changes.Add((name, string.Concat(wanted.Select(one => one.ExportCertificatePem() + "\n"))));
            }
        }

        return (ours, changes);
    }

    private bool CallsUs(JsonElement webhook, out string bundle)
    {
        bundle = "";
        if (JsonMembers.Member(webhook, "clientConfig", JsonValueKind.Object) is not { } config
            || JsonMembers.Member(config, "service", JsonValueKind.Object) is not { } service
            || JsonMembers.Text(service, "name") != options.Service || JsonMembers.Text(service, "namespace") != options.Namespace)
        {
            return false;
        }

        bundle = JsonMembers.Text(config, "caBundle") ?? "";
        return true;
    }

    /// <summary>Those of a bundle; none where it cannot be read, as with the placeholder of a manifest.</summary>
    private static X509Certificate2Collection Certificates(string bundle)
    {
        var buffer = new byte[bundle.Length];
        try
        {
            return Convert.TryFromBase64String(bundle, buffer, out var written) ? CertificatePair.ParseCertificates(buffer.AsSpan(0, written), "caBundle") : [];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private static byte[] Patch(JsonElement configuration, List<(string Name, string Bundle)> changes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            if (JsonMembers.Metadata(configuration, "resourceVersion") is { } version)
            {
                writer.WriteString("resourceVersion", version);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("webhooks");
            foreach (var (name, bundle) in changes)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteStartObject("clientConfig");
                writer.WriteBase64String("caBundle", Encoding.ASCII.GetBytes(bundle));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
