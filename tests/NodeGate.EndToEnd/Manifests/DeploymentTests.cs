using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Manifests;

/// <summary>How the webhook runs: always somewhere, with as little as it needs.</summary>
public sealed class DeploymentTests
{
    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    [InlineData("self-signed")]
    public async Task Replicas_OneDrainedAndOneUpdated_StillAnswer(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);
        var deployment = rendered.Deployment;
        var budget = rendered.One("PodDisruptionBudget");

        Assert.Equal(3, deployment.Number("spec.replicas"));
        Assert.Equal("RollingUpdate", deployment.Text("spec.strategy.type"));
        Assert.Equal(0, deployment.Number("spec.strategy.rollingUpdate.maxUnavailable"));
        Assert.Equal(1, deployment.Number("spec.strategy.rollingUpdate.maxSurge"));
        Assert.Equal(1, budget.Number("spec.maxUnavailable"));
        Assert.Equal("AlwaysAllow", budget.Text("spec.unhealthyPodEvictionPolicy"));
        Assert.Equal("system-cluster-critical", rendered.Pod.Text("priorityClassName"));
        Assert.Equal(["system-cluster-critical"], rendered.One("ResourceQuota").Texts("spec.scopeSelector.matchExpressions.0.values"));
    }

    [RealPartFact("kubectl")]
    public async Task Replicas_SeveralNodes_AreSpreadButNeverKeptFromRunning()
    {
        var pod = (await Kustomization.OfAsync("base")).Pod;

        var affinity = Assert.Single(pod.Items("affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution"));
        Assert.Equal("kubernetes.io/hostname", (string?)affinity["podAffinityTerm"]!["topologyKey"]);
        Assert.Null(pod.Find("affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"));
        Assert.Equal(
            ["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
            pod.Items("topologySpreadConstraints").Select(constraint => (string?)constraint["topologyKey"]));
        Assert.All(pod.Items("topologySpreadConstraints"), constraint => Assert.Equal("ScheduleAnyway", (string?)constraint["whenUnsatisfiable"]));
    }

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    [InlineData("self-signed")]
    public async Task Pod_SecurityContext_IsThatOfTheRestrictedStandard(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);
        var (pod, container) = (rendered.Pod, rendered.Container);

        Assert.True(pod.Flag("securityContext.runAsNonRoot"));
        Assert.InRange(pod.Number("securityContext.runAsUser"), 1000, int.MaxValue);
        Assert.InRange(pod.Number("securityContext.runAsGroup"), 1000, int.MaxValue);
        Assert.Equal("RuntimeDefault", pod.Text("securityContext.seccompProfile.type"));
        Assert.True(container.Flag("securityContext.readOnlyRootFilesystem"));
        Assert.False(container.Flag("securityContext.allowPrivilegeEscalation"));
        Assert.False(container.Flag("securityContext.privileged"));
        Assert.Equal(["ALL"], container.Texts("securityContext.capabilities.drop"));
        Assert.Null(container.Find("securityContext.capabilities.add"));
        Assert.All(new[] { "hostNetwork", "hostPID", "hostIPC", "initContainers" }, field => Assert.Null(pod.Find(field)));
        Assert.Equal("restricted", rendered.One("Namespace").At("metadata.labels").AsObject()["pod-security.kubernetes.io/enforce"]!.GetValue<string>());
    }

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    [InlineData("self-signed")]
    public async Task Volumes_Written_AreBoundedAndTheRestIsReadOnly(string overlay)
    {
        var rendered = await Kustomization.OfAsync(overlay);

        foreach (var mount in rendered.Container.Items("volumeMounts"))
        {
            var volume = rendered.Pod.Items("volumes").Single(candidate => (string?)candidate["name"] == (string?)mount["name"]);
            var isReadOnly = (bool?)mount["readOnly"] ?? false;
            var kept = isReadOnly ? volume["configMap"] ?? volume["secret"] : volume["emptyDir"]?["sizeLimit"];
            Assert.True(kept is not null, volume.ToJsonString());
            Assert.Null(mount["subPath"]); // It would show the file of the start for ever.
        }

        Assert.Equal(rendered.Pod.Items("volumes").Count, rendered.Container.Items("volumeMounts").Count);
        Assert.All(
            new[] { "/var/lib/nodegate", "/var/log/nodegate", "/tmp" },
            path => Assert.Contains(rendered.Container.Items("volumeMounts"), mount => (string?)mount["mountPath"] == path && mount["readOnly"] is null));
    }

    [RealPartTheory("kubectl")]
    [InlineData("base", false)]
    [InlineData("cert-manager", false)]
    [InlineData("self-signed", true)]
    public async Task Token_IsMountedOnlyWhereTheApiServerIsAsked(string overlay, bool expected)
    {
        var rendered = await Kustomization.OfAsync(overlay);

        Assert.Equal(expected, rendered.Pod.Flag("automountServiceAccountToken"));
        Assert.False(rendered.One("ServiceAccount").Flag("automountServiceAccountToken"));
        Assert.Equal(rendered.One("ServiceAccount").Name, rendered.Pod.Text("serviceAccountName"));
    }

    [RealPartFact("kubectl")]
    public async Task Probes_Each_GoesToItsPathOverHttps()
    {
        var rendered = await Kustomization.OfAsync("base");

        foreach (var (probe, path) in new[] { ("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz") })
        {
            Assert.Equal(path, rendered.Container.Text(probe + ".httpGet.path"));
            Assert.Equal("HTTPS", rendered.Container.Text(probe + ".httpGet.scheme"));
            Assert.Equal("https", rendered.Container.Text(probe + ".httpGet.port"));
        }
    }

    [RealPartFact("kubectl")]
    public async Task Resources_MemoryIsLimitedAndTheCpuIsNot()
    {
        var container = (await Kustomization.OfAsync("base")).Container;

        Assert.NotNull(container.Find("resources.requests.cpu"));
        Assert.NotNull(container.Find("resources.requests.memory"));
        Assert.NotNull(container.Find("resources.limits.memory"));
        Assert.Null(container.Find("resources.limits.cpu"));
    }

    [RealPartFact("kubectl")]
    public async Task GracePeriod_LeavesTimeToDrain() =>
        // 5 s in which connections still come, and a review at its deadline of 8 s, with room to spare.
        Assert.InRange((await Kustomization.OfAsync("base")).Pod.Number("terminationGracePeriodSeconds"), 35, 120);

    [RealPartFact("kubectl")]
    public async Task Image_IsSetInTheKustomizationOnly()
    {
        var container = (await Kustomization.OfAsync("base")).Container;

        var written = await File.ReadAllTextAsync(Path.Combine(Kustomization.Shipped, "base", "deployment.yaml"));
        Assert.Contains("image: nodegate\n", written, StringComparison.Ordinal);
        Assert.StartsWith("registry.example.com/", container.Text("image"), StringComparison.Ordinal);
        Assert.Equal("IfNotPresent", container.Text("imagePullPolicy"));
    }

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("self-signed")]
    public async Task Fields_OfTheDeployment_AreAllKnownToKubernetes(string overlay)
    {
        var deployment = (await Kustomization.OfAsync(overlay)).Deployment;

        // A command that changes nothing prints nothing.
        var typed = await Kustomization.TypedAsync(deployment, "set", "image", "webhook=another");

        Assert.StartsWith(".spec.template.spec.containers[0].image: ", Assert.Single(Fields.Lost(deployment.Json, typed, "")), StringComparison.Ordinal);
    }
}
