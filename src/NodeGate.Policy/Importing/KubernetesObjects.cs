using System.Collections.Immutable;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing;

/// <summary>Objects of a cluster, as files or as <c>kubectl get -o yaml</c> gives them.</summary>
internal static class KubernetesObjects
{
    private static readonly ForeignKeys List = new() { What = "a Kubernetes List", Read = ["items"], Ignored = ["apiVersion", "kind", "metadata"] };

    private static readonly ForeignKeys Metadata = new()
    {
        What = "the object's metadata, with its name",
        Read = ["name", "namespace"],
        Ignored =
        [
            "annotations", "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers", "generateName", "generation", "labels",
            "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid",
        ],
    };

    /// <summary>The documents, with the items of a List in its place.</summary>
    public static ImmutableArray<YamlNode> Flatten(ImmutableArray<YamlNode> documents, ImportContext context)
    {
        var objects = ImmutableArray.CreateBuilder<YamlNode>();
        foreach (var document in documents)
        {
            if (ApiOf(document) is not { ApiVersion: "v1", Kind: "List" })
            {
                objects.Add(document);
            }
            else if (List.Open(document, context)?.Optional("items") is YamlSequence items)
            {
                objects.AddRange(items.Items);
            }
        }

        return objects.DrainToImmutable();
    }

    /// <summary><c>apiVersion</c> and <c>kind</c>; empty where there are none.</summary>
    public static (string ApiVersion, string Kind) ApiOf(YamlNode node) => (TextOf(node, "apiVersion"), TextOf(node, "kind"));

    /// <summary>The name and the namespace in the <c>metadata</c> of <paramref name="object"/>.</summary>
    public static (Located? Name, string? Namespace) NameOf(MappingReader @object, ImportContext context)
    {
        if (@object.Required("metadata", "'metadata: {name: …}'") is not { } node || Metadata.Open(node, context) is not { } metadata)
        {
            return (null, null);
        }

        return (metadata.Line(metadata.Required("name", "'name: …'"), "the object's name"), metadata.Line(metadata.Optional("namespace"), "a namespace")?.Text);
    }

    private static string TextOf(YamlNode node, string key) => ((node as YamlMapping)?.Entries.FirstOrDefault(e => e.Key == key)?.Value as YamlScalar)?.Text ?? "";
}
