using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Kubelet;

/// <summary>A pod as it stands in a kubelet's image calls.</summary>
internal sealed record KubeletPod(string Name, string Namespace = "default")
{
    private int _calls;

    internal string Uid { get; init; } = Guid.NewGuid().ToString();

    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>
    {
        ["kubectl.kubernetes.io/last-applied-configuration"] = """{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{},"name":"web"}}""" + "\n",
        ["kubernetes.io/config.seen"] = "2026-11-21T10:00:00.000000000Z",
        ["kubernetes.io/config.source"] = "api",
    };

    /// <summary>A pod from a file on the node: its name carries the node's, its UID is a hash.</summary>
    internal static KubeletPod Static(string name) => new(name + "-node-1", "kube-system")
    {
        Uid = "8c2f1a7be60d4f3f9b6a5c3c1f0e9d8b",
        Annotations = new Dictionary<string, string>
        {
            ["kubernetes.io/config.hash"] = "8c2f1a7be60d4f3f9b6a5c3c1f0e9d8b",
            ["kubernetes.io/config.source"] = "file",
        },
    };

    /// <summary>The order of a Go map is another in each call.</summary>
    internal ProtoWriter Spec(string image)
    {
        var isReversed = Interlocked.Increment(ref _calls) % 2 == 0;
        return new ProtoWriter().String(1, image).Map(2, isReversed ? Annotations.Reverse() : Annotations);
    }

    internal ProtoWriter SandboxConfig() => new ProtoWriter()
        .Message(1, new ProtoWriter().String(1, Name).String(2, Uid).String(3, Namespace))
        .Map(6, new Dictionary<string, string> { ["io.kubernetes.pod.name"] = Name, ["io.kubernetes.pod.namespace"] = Namespace, ["io.kubernetes.pod.uid"] = Uid })
        .Map(7, Annotations)
        .Message(8, new ProtoWriter().String(1, "/kubepods/besteffort/pod" + Uid));
}
