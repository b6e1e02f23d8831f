using System.Text.Json.Nodes;

namespace NodeGate.Testing.Kubernetes;

/// <summary>
/// The part of a strategic merge patch that is used here: members are merged, null removes one, and the <c>webhooks</c> of a configuration are
/// merged by name (patchMergeKey in k8s.io/api/admissionregistration/v1). Other lists are replaced.
/// </summary>
internal static class StrategicMerge
{
    internal static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value, target[name])
            {
                case (null, _):
                    target.Remove(name);
                    break;
                case (JsonObject inner, JsonObject known):
                    Apply(known, inner);
                    break;
                case (JsonArray inner, JsonArray known) when name == "webhooks":
                    ByName(known, inner);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }

    private static void ByName(JsonArray target, JsonArray patch)
    {
        foreach (var item in patch.Select(node => node!.AsObject()))
        {
            if (target.FirstOrDefault(known => (string?)known!["name"] == (string?)item["name"]) is JsonObject known)
            {
                Apply(known, item);
            }
            else
            {
                target.Add(item.DeepClone());
            }
        }
    }
}
