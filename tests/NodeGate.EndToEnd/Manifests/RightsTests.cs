using System.Text.Json.Nodes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Manifests;

/// <summary>What the webhook may do to the cluster and reach from it: whoever takes it over may do the same.</summary>
public sealed class RightsTests
{
    private static readonly string[] RightKinds = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];

    [RealPartTheory("kubectl")]
    [InlineData("base")]
    [InlineData("cert-manager")]
    public async Task CertificateFromFiles_NeedsNoRights(string overlay) =>
        Assert.Empty((await Kustomization.OfAsync(overlay)).Of(RightKinds));

    [RealPartFact("kubectl")]
    public async Task SelfSigned_MayChangeItsOwnThreeObjectsAndCreateNone()
    {
        var rendered = await Kustomization.OfAsync("self-signed");

        Assert.Equal(["secrets nodegate-webhook-tls get,update"], Granted(rendered.One("Role")));
        Assert.Equal(
            ["mutatingwebhookconfigurations,validatingwebhookconfigurations nodegate-webhook get,patch"], Granted(rendered.One("ClusterRole")));
        Assert.All(rendered.Webhooks, webhook => Assert.Equal("nodegate-webhook", webhook.Name));
    }

    [RealPartFact("kubectl")]
    public async Task PullSecrets_AreGrantedByEachNamespaceForItself()
    {
        var granted = await Kustomization.OfAsync("components/pull-secrets/namespace");
        var rendered = await Kustomization.OnTopAsync("cert-manager", "pull-secrets");

        Assert.Equal(["secrets  get", "serviceaccounts  get"], Granted(granted.One("Role")));
        Assert.Equal(["Role", "RoleBinding"], granted.Manifests.Select(manifest => manifest.Kind));
        Assert.All(granted.Manifests, manifest => Assert.Null(manifest.Namespace));
        Assert.Equal("nodegate", granted.One("RoleBinding").Text("subjects.0.namespace"));
        Assert.True(rendered.Pod.Flag("automountServiceAccountToken"));
        Assert.Empty(rendered.Of(RightKinds));
    }

    [RealPartFact("kubectl")]
    public async Task Owners_MayBeReadAndNothingElse()
    {
        var rendered = await Kustomization.OnTopAsync("self-signed", "owners", "pull-secrets");

        Assert.Equal(
            ["replicationcontrollers  get", "deployments,replicasets,statefulsets,daemonsets  get", "jobs,cronjobs  get"],
            Granted(rendered.One("ClusterRole", "nodegate-webhook-owners")));
        Assert.True(rendered.Pod.Flag("automountServiceAccountToken"));
    }

    [RealPartTheory("kubectl")]
    [InlineData("self-signed")]
    [InlineData("self-signed", "owners", "pull-secrets")]
    [InlineData("cert-manager", "owners", "pull-secrets")]
    public async Task Rights_All_AreNarrowAndTheWebhooksOwn(string resource, params string[] components)
    {
        var rendered = await Kustomization.OnTopAsync(resource, components);

        foreach (var role in rendered.Of("Role", "ClusterRole"))
        {
            Assert.All(role.Items("rules"), rule =>
            {
                Assert.DoesNotContain("*", rule.ToJsonString(), StringComparison.Ordinal);
                Assert.False(role.Kind == "ClusterRole" && Manifest.TextsOf(rule["resources"]).Contains("secrets"), "secrets of every namespace");
                Assert.Empty(Manifest.TextsOf(rule["verbs"]).Except(["get", "update", "patch"]));
            });
        }

        foreach (var binding in rendered.Of("RoleBinding", "ClusterRoleBinding"))
        {
            Assert.Single(rendered.Of(binding.Text("roleRef.kind")), role => role.Name == binding.Text("roleRef.name"));
            var subject = new Manifest(Assert.Single(binding.Items("subjects")));
            Assert.Equal(
                ("ServiceAccount", rendered.Pod.Text("serviceAccountName"), "nodegate"), (subject.Kind, subject.Text("name"), subject.Text("namespace")));

            // Kubernetes' own types keep every field that we wrote. (A command that changes nothing prints nothing.)
            var typed = await Kustomization.TypedAsync(binding, "set", "subject", "--serviceaccount=nodegate:another");
            Assert.Empty(Fields.Lost(binding.Json, typed, ""));
        }
    }

    [RealPartFact("kubectl")]
    public async Task Network_IsTheOnePortInAndNamesRegistriesAndApiServerOut()
    {
        var policy = (await Kustomization.OfAsync("base")).One("NetworkPolicy");

        Assert.Equal(["Ingress", "Egress"], policy.Texts("spec.policyTypes"));
        Assert.Single(policy.Items("spec.ingress"));
        Assert.Equal([53, 53, 443, 6443], policy.Items("spec.egress").SelectMany(rule => rule["ports"]!.AsArray()).Select(port => (int)port!["port"]!));
        var outside = new Manifest(policy.Items("spec.egress")[1]);
        Assert.Equal(["0.0.0.0/0", "::/0"], outside.Items("to").Select(to => (string?)to["ipBlock"]!["cidr"]));
        // Whoever makes a pod names a registry: it must not be the cloud's metadata service.
        Assert.Contains("169.254.0.0/16", outside.Texts("to.0.ipBlock.except"));
        Assert.Contains("fd00:ec2::254/128", outside.Texts("to.1.ipBlock.except"));
    }

    private static IEnumerable<string> Granted(Manifest role) =>
        role.Items("rules").Select(rule => $"{Joined(rule, "resources")} {Joined(rule, "resourceNames")} {Joined(rule, "verbs")}");

    private static string Joined(JsonObject rule, string list) => rule[list] is { } texts ? string.Join(',', Manifest.TextsOf(texts)) : "";
}
