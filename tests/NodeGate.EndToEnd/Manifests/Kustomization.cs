using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Manifests;

/// <summary>What the real <c>kubectl kustomize</c> makes of a folder: the objects that <c>kubectl apply -k</c> would send.</summary>
internal sealed class Kustomization
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Kustomization>>> Rendered = new(StringComparer.Ordinal);

    private Kustomization(string text)
    {
        Text = text;
        Manifests = [.. YamlDocuments.Parse(text).Select(json => new Manifest(json))];
    }

    /// <summary>The folder with everything that is shipped for the webhook.</summary>
    internal static string Shipped { get; } = Path.Combine(Tools.Repository, "daemonset", "webhook");

    internal string Text { get; }

    internal IReadOnlyList<Manifest> Manifests { get; }

    internal Manifest Deployment => One("Deployment");

    internal IReadOnlyList<Manifest> Webhooks => Of("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration");

    /// <summary>The pods' specification.</summary>
    internal Manifest Pod => new(Deployment.At("spec.template.spec").AsObject());

    internal Manifest Container => new(Pod.Items("containers").Single());

    /// <summary>Renders a shipped folder, such as <c>self-signed</c>, once.</summary>
    internal static Task<Kustomization> OfAsync(string folder) =>
        Rendered.GetOrAdd(folder, static name => new Lazy<Task<Kustomization>>(() => RenderAsync(Path.Combine(Shipped, name)))).Value;

    internal static async Task<Kustomization> RenderAsync(string folder) =>
        new((await Command.RunAsync(Tools.Path("kubectl"), ["kustomize", folder])).EnsureSuccess().StandardOutput);

    /// <summary>A cluster's own kustomization on top of the shipped folders, as README.md advises.</summary>
    internal static async Task<Kustomization> OnTopAsync(string resource, params IEnumerable<string> components)
    {
        await using var folder = TestFolder.Create();
        folder.Write("kustomization.yaml", $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: ["{Relative(resource)}"]
            components: [{string.Join(", ", components.Select(name => $"\"{Relative("components/" + name)}\""))}]
            """);
        return await RenderAsync(folder.Path);

        // kustomize takes no absolute paths.
        string Relative(string name) => Path.GetRelativePath(folder.Path, Path.Combine(Shipped, name));
    }

    internal IReadOnlyList<Manifest> Of(params IReadOnlyList<string> kinds) => [.. Manifests.Where(manifest => kinds.Contains(manifest.Kind))];

    internal Manifest One(string kind) => Of(kind).Single();

    internal Manifest One(string kind, string name) => Of(kind).Single(manifest => manifest.Name == name);

    /// <summary>A file of a ConfigMap that the pods mount, by the mount's path.</summary>
    internal string MountedFile(string mountPath, string file)
    {
        var volume = Container.Items("volumeMounts").Single(mount => (string?)mount["mountPath"] == mountPath)["name"];
        var map = Pod.Items("volumes").Single(entry => (string?)entry["name"] == (string?)volume)["configMap"]!["name"];
        return One("ConfigMap", (string)map!).At("data").AsObject()[file]!.GetValue<string>();
    }

    /// <summary>What a typed command of kubectl writes for one manifest: the fields that Kubernetes' own types have, and no others.</summary>
    internal static async Task<JsonObject> TypedAsync(Manifest manifest, params IEnumerable<string> command)
    {
        var result = await Command.RunAsync(
            Tools.Path("kubectl"), [.. command, "--local", "-f", "-", "-o", "json"], standardInput: manifest.Json.ToJsonString());
        return JsonNode.Parse(result.EnsureSuccess().StandardOutput)!.AsObject();
    }
}
