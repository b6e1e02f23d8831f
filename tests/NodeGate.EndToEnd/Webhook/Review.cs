using System.Text.Json.Nodes;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>A question of the API server.</summary>
internal sealed record Review(JsonObject Object, string Resource)
{
    internal string Namespace { get; init; } = "prod";

    internal string Operation { get; init; } = "CREATE";

    internal string? SubResource { get; init; }

    internal JsonObject? OldObject { get; init; }

    internal bool DryRun { get; init; }

    /// <summary>A new pod with these images.</summary>
    internal static Review OfPod(params string[] images) => new(Workloads.Object("Pod", Workloads.PodSpec(images)), "pods");

    /// <summary>Another object of the same kind takes the place of this one.</summary>
    internal Review ChangedTo(JsonObject changed) => this with { Object = changed, OldObject = Object, Operation = "UPDATE" };

    internal string ToJson()
    {
        var (group, version) = ((string)Object["apiVersion"]!).Split('/') is [var named, var of] ? (named, of) : ("", "v1");
        var @object = Object.DeepClone();
        @object["metadata"]!["namespace"] = Namespace;
        JsonObject Kind() => new() { ["group"] = group, ["version"] = version, ["kind"] = Object["kind"]!.DeepClone() };
        JsonObject In() => new() { ["group"] = group, ["version"] = version, ["resource"] = Resource };
        var request = new JsonObject
        {
            ["uid"] = Guid.NewGuid().ToString(),
            ["kind"] = Kind(),
            ["resource"] = In(),
            ["requestKind"] = Kind(),
            ["requestResource"] = In(),
            ["name"] = Object["metadata"]!["name"]!.DeepClone(),
            ["namespace"] = Namespace,
            ["operation"] = Operation,
            ["userInfo"] = new JsonObject { ["username"] = "jane", ["groups"] = new JsonArray("system:authenticated") },
            ["object"] = @object,
            ["oldObject"] = OldObject?.DeepClone(),
            ["dryRun"] = DryRun,
            ["options"] = new JsonObject { ["apiVersion"] = "meta.k8s.io/v1", ["kind"] = Operation == "UPDATE" ? "UpdateOptions" : "CreateOptions" },
        };
        if (SubResource is not null)
        {
            request["subResource"] = SubResource;
            request["requestSubResource"] = SubResource;
        }

        return new JsonObject { ["kind"] = "AdmissionReview", ["apiVersion"] = "admission.k8s.io/v1", ["request"] = request }.ToJsonString();
    }
}
