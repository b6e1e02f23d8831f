using System.Collections.Immutable;
using System.Text.Json;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Reviews;

/// <summary>What one pod specification says about credentials. What is malformed there is the API server's to refuse.</summary>
internal sealed class PodAccount
{
    private PodAccount(string? serviceAccount, ImmutableArray<string> secrets)
    {
        ServiceAccount = serviceAccount;
        Secrets = secrets;
        Key = string.Join('\n', secrets.Prepend(serviceAccount));
    }

    /// <summary>That of an image without a pod specification around it: the namespace's own service account.</summary>
    internal static PodAccount Default { get; } = new(null, []);

    /// <summary>The service account; null: the default one.</summary>
    internal string? ServiceAccount { get; }

    /// <summary>The names in <c>imagePullSecrets</c>, without those beyond <see cref="WebhookLimits.MaxPullSecrets"/>.</summary>
    internal ImmutableArray<string> Secrets { get; }

    /// <summary>Equal for equal ones.</summary>
    internal string Key { get; }

    internal static PodAccount Of(JsonElement podSpec)
    {
        var secrets = JsonMembers.Member(podSpec, "imagePullSecrets", JsonValueKind.Array) is { } list
            ? list.EnumerateArray().Take(WebhookLimits.MaxPullSecrets).Select(s => Text(s, "name")).OfType<string>().ToImmutableArray()
            : [];
        return new PodAccount(Text(podSpec, "serviceAccountName") ?? Text(podSpec, "serviceAccount"), secrets);
    }

    private static string? Text(JsonElement owner, string name) => JsonMembers.Text(owner, name, WebhookLimits.MaxNameLength);
}
