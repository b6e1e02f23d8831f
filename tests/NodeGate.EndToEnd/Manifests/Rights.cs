using System.Text.Json.Nodes;

namespace NodeGate.EndToEnd.Manifests;

/// <summary>What rendered roles and bindings let the webhook's service account do, as RBAC decides it: only what some rule names.</summary>
internal sealed class Rights(params IReadOnlyList<Rights.Grant> grants)
{
    /// <summary>What a kustomization grants. Objects without a namespace are applied to <paramref name="namespace"/>.</summary>
    internal static Rights Of(Kustomization rendered, string @namespace = "default") => new(
    [
        .. rendered.Of("RoleBinding", "ClusterRoleBinding")
            .Where(binding => binding.Items("subjects").Any(IsWebhook))
            .SelectMany(binding => rendered.One(binding.Text("roleRef.kind"), binding.Text("roleRef.name")).Items("rules")
                .Select(rule => new Grant(binding.Kind == "RoleBinding" ? binding.Namespace ?? @namespace : null, rule))),
    ]);

    /// <param name="verb">get, create, update, patch.</param>
    /// <param name="path">Such as <c>api/v1/namespaces/a/secrets/b</c>.</param>
    internal bool Allow(string verb, string path)
    {
        var steps = path.Split('/');
        var (group, rest) = steps[0] == "api" ? ("", steps[2..]) : (steps[1], steps[3..]);
        var (@namespace, resource) = rest is ["namespaces", var of, .. var inner] ? (of, inner) : (null, rest);
        return grants.Any(grant =>
            (grant.Namespace is null || grant.Namespace == @namespace)
            && Names(grant.Rule, "apiGroups", group)
            && Names(grant.Rule, "resources", resource[0])
            && Names(grant.Rule, "verbs", verb)
            && (grant.Rule["resourceNames"] is null || (resource.Length > 1 && Names(grant.Rule, "resourceNames", resource[1]))));
    }

    private static bool Names(JsonObject rule, string list, string value) => Manifest.TextsOf(rule[list]).Contains(value, StringComparer.Ordinal);

    private static bool IsWebhook(JsonObject subject) =>
        ((string?)subject["kind"], (string?)subject["namespace"], (string?)subject["name"]) == ("ServiceAccount", "nodegate", "nodegate-webhook");

    /// <param name="Namespace">Where the rule holds; null: everywhere.</param>
    /// <param name="Rule">One rule of a role.</param>
    internal sealed record Grant(string? Namespace, JsonObject Rule);
}
