using System.Text.Json.Nodes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Manifests;

/// <summary>What the API server asks the webhook about, and what it never does: the difference between a gate and a lock-out.</summary>
public sealed class AdmissionRuleTests
{
    /// <summary>Every resource whose images are judged, and how it is changed.</summary>
    private static readonly Dictionary<string, string> Judged = new(StringComparer.Ordinal)
    {
        ["/v1/pods"] = "CREATE,UPDATE",
        ["/v1/pods/ephemeralcontainers"] = "UPDATE",
        ["/v1/replicationcontrollers"] = "CREATE,UPDATE",
        ["apps/v1/deployments"] = "CREATE,UPDATE",
        ["apps/v1/replicasets"] = "CREATE,UPDATE",
        ["apps/v1/statefulsets"] = "CREATE,UPDATE",
        ["apps/v1/daemonsets"] = "CREATE,UPDATE",
        ["batch/v1/jobs"] = "CREATE,UPDATE",
        ["batch/v1/cronjobs"] = "CREATE,UPDATE",
    };

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    [InlineData("self-signed")]
    public async Task Rules_OfBothConfigurations_NameWhatIsJudgedAndNothingElse(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);

        Assert.Equal(2, rendered.Webhooks.Count);
        foreach (var configuration in rendered.Webhooks)
        {
            var asked = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var rule in Assert.Single(configuration.Items("webhooks"))["rules"]!.AsArray())
            {
                Assert.Equal("Namespaced", (string?)rule!["scope"]);
                foreach (var resource in Manifest.TextsOf(rule["resources"]))
                {
                    asked[$"{Manifest.TextsOf(rule["apiGroups"]).Single()}/{Manifest.TextsOf(rule["apiVersions"]).Single()}/{resource}"] =
                        string.Join(',', Manifest.TextsOf(rule["operations"]));
                }
            }

            // No DELETE, no status, no scale, no lease, no *.
            Assert.Equal(Judged.OrderBy(entry => entry.Key, StringComparer.Ordinal), asked.OrderBy(entry => entry.Key, StringComparer.Ordinal));
        }
    }

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    [InlineData("self-signed")]
    public async Task Webhooks_Both_FailClosedAndAskInTime(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);
        var deadline = Shipped.Seconds(Shipped.Configuration(rendered), "webhook.deadline");

        foreach (var webhook in rendered.Webhooks.Select(configuration => new Manifest(configuration.Items("webhooks").Single())))
        {
            Assert.Equal(["v1"], webhook.Texts("admissionReviewVersions"));
            Assert.Equal("Fail", webhook.Text("failurePolicy"));
            Assert.Equal("Equivalent", webhook.Text("matchPolicy"));
            Assert.Equal("NoneOnDryRun", webhook.Text("sideEffects"));
            Assert.Equal(10, webhook.Number("timeoutSeconds"));
            Assert.True(deadline < TimeSpan.FromSeconds(webhook.Number("timeoutSeconds") - 1), "the API server would give up first");
            Assert.Empty(webhook.At("objectSelector").AsObject());
        }

        Assert.Equal("IfNeeded", rendered.One("MutatingWebhookConfiguration").Text("webhooks.0.reinvocationPolicy"));
    }

    [RealPartTheory("kubectl")]
    [InlineData("base", new[] { "kube-system", "nodegate" })]
    [InlineData("self-signed", new[] { "kube-system", "nodegate" })]
    [InlineData("cert-manager", new[] { "kube-system", "nodegate", "cert-manager" })]
    public async Task NamespaceSelector_WhatTheWebhookNeedsToStart_IsExempt(string overlay, string[] exempt)
    {
        var rendered = await Kustomization.OfAsync(overlay);

        foreach (var configuration in rendered.Webhooks)
        {
            var expressions = configuration.Items("webhooks.0.namespaceSelector.matchExpressions");
            Assert.All(expressions, expression => Assert.Equal("NotIn", (string?)expression["operator"]));
            Assert.Equal(exempt, Values(expressions, "kubernetes.io/metadata.name"));
            Assert.Equal(["ignore"], Values(expressions, "nodegate.dev/admission"));
            Assert.Contains(rendered.Deployment.Namespace!, Values(expressions, "kubernetes.io/metadata.name"));
        }

        static IReadOnlyList<string> Values(IReadOnlyList<JsonObject> expressions, string key) =>
            Manifest.TextsOf(expressions.Single(expression => (string?)expression["key"] == key)["values"]);
    }

    [RealPartFact("kubectl")]
    public async Task MatchConditions_Both_LeaveOutUnchangedSpecificationsAndTheNodesMirrorPods()
    {
        var rendered = await Kustomization.OfAsync("base");

        foreach (var configuration in rendered.Webhooks)
        {
            var conditions = configuration.Items("webhooks.0.matchConditions")
                .ToDictionary(condition => (string)condition["name"]!, condition => (string)condition["expression"]!);
            Assert.Equal(["specification-changed", "no-mirror-pod"], conditions.Keys);
            Assert.Equal("request.operation == 'CREATE' || object.spec != oldObject.spec", conditions["specification-changed"]);

            // The annotation is anybody's to write: each part is needed, so they are joined by && under one negation.
            Assert.Equal(
                "!(request.resource.resource == 'pods' && request.operation == 'CREATE'"
                + " && has(request.userInfo.groups) && 'system:nodes' in request.userInfo.groups"
                + " && has(object.metadata.annotations) && 'kubernetes.io/config.mirror' in object.metadata.annotations)",
                conditions["no-mirror-pod"]);
        }
    }

    [RealPartFact("kubectl")]
    public async Task Configurations_Both_AskTheSame()
    {
        var rendered = await Kustomization.OfAsync("base");
        var (mutating, validating) = (rendered.One("MutatingWebhookConfiguration"), rendered.One("ValidatingWebhookConfiguration"));

        Assert.All(
            new[] { "rules", "namespaceSelector", "objectSelector", "matchConditions", "failurePolicy", "timeoutSeconds", "matchPolicy", "sideEffects" },
            field => Assert.True(JsonNode.DeepEquals(mutating.At("webhooks.0." + field), validating.At("webhooks.0." + field)), field));
        const string Path = "webhooks.0.clientConfig.service.path";
        Assert.Equal(("/mutate", "/validate"), (mutating.Text(Path), validating.Text(Path)));
    }
}
