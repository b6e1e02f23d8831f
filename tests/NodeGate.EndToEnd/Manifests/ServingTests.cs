using System.Text.Json.Nodes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Manifests;

/// <summary>The names, ports, paths and files that several objects must agree on.</summary>
public sealed class ServingTests
{
    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    [InlineData("self-signed")]
    public async Task Addresses_FromConfigurationToPod_AreOne(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);
        var service = rendered.One("Service");

        foreach (var client in rendered.Webhooks.Select(configuration => new Manifest(configuration.At("webhooks.0.clientConfig.service").AsObject())))
        {
            Assert.Equal(
                (service.Name, service.Namespace, service.Number("spec.ports.0.port")), (client.Text("name"), client.Text("namespace"), client.Number("port")));
        }

        var port = Assert.Single(rendered.Container.Items("ports"));
        Assert.Equal(service.Text("spec.ports.0.targetPort"), (string?)port["name"]);
        Assert.Equal("0.0.0.0:" + port["containerPort"], Shipped.Configuration(rendered).Text("webhook.listen"));
        Assert.Equal(rendered.One("NetworkPolicy").Text("spec.ingress.0.ports.0.port"), (string?)port["name"]);
        foreach (var selector in new[]
        {
            service.At("spec.selector"), rendered.Deployment.At("spec.selector.matchLabels"),
            rendered.One("PodDisruptionBudget").At("spec.selector.matchLabels"), rendered.One("NetworkPolicy").At("spec.podSelector.matchLabels"),
        })
        {
            var labels = rendered.Deployment.At("spec.template.metadata.labels").AsObject();
            Assert.All(selector.AsObject(), label => Assert.True(JsonNode.DeepEquals(labels[label.Key], label.Value)));
            Assert.NotEmpty(selector.AsObject());
        }
    }

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    [InlineData("self-signed")]
    public async Task Objects_InANamespace_AreAllInTheWebhooksOwn(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);
        string[] clusterWide = ["Namespace", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "ClusterRole", "ClusterRoleBinding"];

        Assert.All(rendered.Manifests, manifest => Assert.Equal(clusterWide.Contains(manifest.Kind) ? null : "nodegate", manifest.Namespace));
        Assert.Equal("nodegate", rendered.One("Namespace").Name);
        // The configurations come last: by then everything that answers is on its way.
        Assert.Equal(rendered.Webhooks, rendered.Manifests.TakeLast(2));
    }

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    [InlineData("self-signed")]
    public async Task Configuration_OfThePod_FitsItsMounts(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);
        var config = Shipped.Configuration(rendered);
        var mounts = rendered.Container.Items("volumeMounts").Select(mount => (string)mount["mountPath"]!).ToArray();

        Assert.Equal(["webhook", "--config", "/etc/nodegate/config/config.yaml"], rendered.Container.Texts("args"));
        Assert.Contains(config.Text("policy"), mounts);
        Assert.Contains(config.Text("state"), mounts);
        Assert.Contains(Path.GetDirectoryName(config.Text("audit.path")), mounts);
        // All of the log fits below the volume's limit; beyond it the kubelet evicts the pod.
        Assert.Equal("16MiB", config.Text("audit.maxBytes"));
        Assert.InRange(16 * (config.Number("audit.keep") + 1), 1, 127);
        Assert.Contains(rendered.Pod.Items("volumes"), volume => (string?)volume["name"] == "audit" && (string?)volume["emptyDir"]!["sizeLimit"] == "128Mi");
        // So does the ledger with its evidence (Gate's LedgerLimits.MaxEvidenceBytes: 256 MiB).
        Assert.Contains(rendered.Pod.Items("volumes"), volume => (string?)volume["name"] == "state" && (string?)volume["emptyDir"]!["sizeLimit"] == "512Mi");
    }

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    public async Task Certificate_FromASecret_IsMountedWhereTheConfigurationHasIt(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);
        var config = Shipped.Configuration(rendered);
        var secret = rendered.Pod.Items("volumes").Single(volume => volume["secret"] is not null);
        var mount = rendered.Container.Items("volumeMounts").Single(mount => (string?)mount["name"] == (string?)secret["name"]);

        Assert.Equal(
            ((string?)mount["mountPath"] + "/tls.crt", (string?)mount["mountPath"] + "/tls.key"), (config.Text("webhook.certificate"), config.Text("webhook.key")));
        Assert.Null(config.Find("webhook.selfSigned"));
        Assert.Equal("nodegate-webhook-tls", (string?)secret["secret"]!["secretName"]);
        // Not the authority's key, which may lie beside them.
        Assert.Equal(["tls.crt", "tls.key"], secret["secret"]!["items"]!.AsArray().Select(item => (string?)item!["key"]));
        Assert.Empty(rendered.Of("Secret"));
    }

    [RealPartFact("kubectl")]
    public async Task Certificate_OfCertManager_IsForTheServiceAndOfItsOwnAuthority()
    {
        var rendered = await Kustomization.OfAsync("cert-manager");
        var mounted = (string?)rendered.Pod.Items("volumes").Single(volume => volume["secret"] is not null)["secret"]!["secretName"];
        var leaf = rendered.Of("Certificate").Single(certificate => certificate.Text("spec.secretName") == mounted);
        var issuer = rendered.One("Issuer", leaf.Text("spec.issuerRef.name"));
        var authority = rendered.Of("Certificate").Single(certificate => certificate.Text("spec.secretName") == issuer.Text("spec.ca.secretName"));
        var root = rendered.One("Issuer", authority.Text("spec.issuerRef.name"));
        var service = rendered.One("Service");

        Assert.Contains($"{service.Name}.{service.Namespace}.svc", leaf.Texts("spec.dnsNames"));
        Assert.Null(leaf.Find("spec.isCA"));
        Assert.True(authority.Flag("spec.isCA"));
        Assert.NotNull(root.Find("spec.selfSigned"));
        Assert.All(rendered.Webhooks, webhook =>
        {
            Assert.Equal($"{leaf.Namespace}/{leaf.Name}", (string?)webhook.At("metadata.annotations")["cert-manager.io/inject-ca-from"]);
            Assert.Null(webhook.Find("webhooks.0.clientConfig.caBundle"));
        });
    }

    [RealPartFact("kubectl", "nodegate")]
    public async Task Certificate_PrintedByInit_IsTrustedByBothConfigurationsOfTheBase()
    {
        await using var folder = TestFolder.Create();
        var config = Path.Combine(Kustomization.Shipped, "self-signed", "config.yaml");
        var printed = (await NodeGateCommand.RunAsync("webhook", "init", "--print", "--config", config)).EnsureSuccess().Text.Split("\n---\n");
        Assert.Equal(2, printed.Length);
        folder.Write("secret.yaml", printed[0]);
        folder.Write("ca/kustomization.yaml", printed[1]);
        folder.Write("kustomization.yaml", $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: ["{Path.GetRelativePath(folder.Path, Path.Combine(Kustomization.Shipped, "base"))}", secret.yaml]
            components: [ca]
            """);

        var rendered = await Kustomization.RenderAsync(folder.Path);

        var secret = rendered.One("Secret");
        Assert.Equal((string?)rendered.Pod.Items("volumes").Single(volume => volume["secret"] is not null)["secret"]!["secretName"], secret.Name);
        var authority = (string?)secret.At("data")["ca.crt"];
        Assert.NotNull(authority);
        Assert.All(rendered.Webhooks, webhook => Assert.Equal(authority, webhook.Text("webhooks.0.clientConfig.caBundle")));
    }

    [RealPartFact("kubectl")]
    public async Task Certificate_OfOurOwn_IsKeptInTheObjectsThatAreThere()
    {
        var rendered = await Kustomization.OfAsync("self-signed");
        var config = Shipped.Configuration(rendered);
        var secret = rendered.One("Secret");
        var service = rendered.One("Service");

        Assert.Null(config.Find("webhook.certificate"));
        Assert.Equal(
            (secret.Namespace, secret.Name, service.Name),
            (config.Text("webhook.selfSigned.namespace"), config.Text("webhook.selfSigned.secret"), config.Text("webhook.selfSigned.service")));
        Assert.Equal(service.Namespace, secret.Namespace);
        Assert.All(rendered.Webhooks, webhook => Assert.Contains(webhook.Name, config.Texts("webhook.selfSigned.configurations")));
        // Applying the shipped objects again must not undo what the webhook wrote.
        Assert.Null(secret.Find("data"));
        Assert.Null(secret.Find("stringData"));
        Assert.All(rendered.Webhooks, webhook => Assert.Null(webhook.Find("webhooks.0.clientConfig.caBundle")));
        Assert.DoesNotContain(rendered.Pod.Items("volumes"), volume => volume["secret"] is not null);
    }

    [RealPartFact("kubectl", "nodegate")]
    public async Task Policy_ToBeginWith_RefusesNothingAndSaysWhatItWould()
    {
        var rendered = await Kustomization.OfAsync("base");
        await using var folder = TestFolder.Create();
        var file = folder.Write("policy.yaml", rendered.MountedFile("/etc/nodegate/policy.d", "policy.yaml"));

        Assert.Equal(0, (await NodeGateCommand.RunAsync("policy", "lint", file)).ExitCode);
        var explained = (await NodeGateCommand.RunAsync("policy", "explain", "--policy", file, "--namespace", "prod", "nginx")).ToString();
        Assert.Contains("audit", explained, StringComparison.Ordinal);
    }

    [RealPartFact("kubectl")]
    public async Task PolicyAndConfiguration_Changed_AreTakenOverLiveAndByARollout()
    {
        var rendered = await Kustomization.OfAsync("base");

        Assert.Single(rendered.Of("ConfigMap"), map => map.Name == "nodegate-webhook-policy");
        Assert.Single(rendered.Of("ConfigMap"), map => map.Name.StartsWith("nodegate-webhook-config-", StringComparison.Ordinal));
    }
}
