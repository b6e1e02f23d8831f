using System.Text.Json.Nodes;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>Objects as users write them.</summary>
internal static class Workloads
{
    /// <summary>Each kind that the shipped rules name, by its resource.</summary>
    internal static readonly Dictionary<string, (string ApiVersion, string Kind)> Kinds = new(StringComparer.Ordinal)
    {
        ["pods"] = ("v1", "Pod"),
        ["replicationcontrollers"] = ("v1", "ReplicationController"),
        ["deployments"] = ("apps/v1", "Deployment"),
        ["replicasets"] = ("apps/v1", "ReplicaSet"),
        ["statefulsets"] = ("apps/v1", "StatefulSet"),
        ["daemonsets"] = ("apps/v1", "DaemonSet"),
        ["jobs"] = ("batch/v1", "Job"),
        ["cronjobs"] = ("batch/v1", "CronJob"),
    };

    /// <summary>The workload of a resource whose pods have this specification.</summary>
    internal static Review Of(string resource, JsonObject podSpec)
    {
        var (version, kind) = Kinds[resource];
        JsonObject Template(JsonObject spec) => new()
        {
            ["template"] = new JsonObject { ["metadata"] = new JsonObject(), ["spec"] = spec },
        };
        var spec = kind switch
        {
            "Pod" => podSpec,
            "CronJob" => new JsonObject { ["schedule"] = "0 * * * *", ["jobTemplate"] = new JsonObject { ["spec"] = Template(podSpec) } },
            _ => Template(podSpec),
        };
        return new Review(Object(kind, spec, version), resource);
    }

    internal static JsonObject Object(string kind, JsonObject spec, string apiVersion = "v1") => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = "web", ["uid"] = "5e4b5c1e-8d1f-4b0c-9a53-0a7d1c2f3e4d" },
        ["spec"] = spec,
    };

    /// <summary>Containers with these images.</summary>
    internal static JsonObject PodSpec(params IEnumerable<string> images) => new()
    {
        ["containers"] = new JsonArray(
            [.. images.Select((image, at) => new JsonObject { ["name"] = "c" + at, ["image"] = image, ["env"] = new JsonArray() })]),
        ["futureField"] = new JsonObject { ["nobody"] = "knows" },
    };
}
