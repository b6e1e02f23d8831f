using System.Text.Json.Nodes;

namespace NodeGate.Webhook.Tests.Reviews.Support;

/// <summary>Small reviews, for one thing at a time; whole ones are recorded.</summary>
internal static class Review
{
    /// <summary>A pod that is created with <paramref name="images"/>.</summary>
    public static JsonObject OfPod(params string[] images) => Of("", "v1", "Pod", PodSpec(images));

    public static JsonObject OfDeployment(params string[] images) =>
        Of("apps", "v1", "Deployment", new JsonObject { ["template"] = new JsonObject { ["spec"] = PodSpec(images) } });

    public static JsonObject PodSpec(params string[] images) => new()
    {
        ["containers"] = new JsonArray([.. images.Select((image, i) => new JsonObject { ["name"] = $"c{i}", ["image"] = image })]),
    };

    public static JsonObject Of(string group, string version, string kind, JsonNode spec) => new()
    {
        ["apiVersion"] = "admission.k8s.io/v1",
        ["kind"] = "AdmissionReview",
        ["request"] = new JsonObject
        {
            ["uid"] = "705ab4f5-6393-11e8-b7cc-42010a800002",
            ["kind"] = new JsonObject { ["group"] = group, ["version"] = version, ["kind"] = kind },
            ["name"] = "web",
            ["namespace"] = "prod",
            ["operation"] = "CREATE",
            ["object"] = new JsonObject
            {
                ["apiVersion"] = group.Length == 0 ? version : $"{group}/{version}",
                ["kind"] = kind,
                ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = "prod" },
                ["spec"] = spec,
            },
            ["oldObject"] = null,
            ["dryRun"] = false,
        },
    };

    public static JsonObject Request(this JsonObject review) => review["request"]!.AsObject();

    public static JsonObject Object(this JsonObject review) => review["request"]!["object"]!.AsObject();

    /// <summary>The same with one change.</summary>
    public static JsonObject With(this JsonObject review, Action<JsonObject> change)
    {
        change(review.Request());
        return review;
    }

    /// <summary>As an update of an object that had <paramref name="images"/>.</summary>
    public static JsonObject UpdateOf(this JsonObject review, params string[] images) => review.With(request =>
    {
        request["operation"] = "UPDATE";
        request["oldObject"] = OfPod(images).Object().DeepClone();
    });

    /// <summary>With a controlling owner.</summary>
    public static JsonObject OwnedBy(this JsonObject review, string apiVersion, string kind, string uid, bool isController = true) => review.With(request =>
        request["object"]!["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["name"] = "owner",
            ["uid"] = uid,
            ["controller"] = isController,
        }));
}
