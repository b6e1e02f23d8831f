namespace NodeGate.Testing.RealParts;

/// <summary>A pod in the node's network, which is what runs without a network plugin.</summary>
public sealed record CriPod(string Name, string Namespace = "default")
{
    public string Uid { get; init; } = Guid.NewGuid().ToString();

    /// <summary>Where containers' logs go; containerd wants it absolute.</summary>
    public string LogDirectory { get; init; } = "";

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>PodSandboxConfig as bytes; the same for RunPodSandbox, CreateContainer and PullImage.</summary>
    public ProtoWriter ToMessage()
    {
        const ulong nodeNetwork = 2;
        return new ProtoWriter()
            .Message(1, new ProtoWriter().String(1, Name).String(2, Uid).String(3, Namespace))
            // No hostname: runc refuses one where the pod shares the node's UTS namespace.
            .String(3, LogDirectory)
            .Map(7, Annotations)
            .Message(8, new ProtoWriter().Message(2, new ProtoWriter().Message(1, new ProtoWriter().Varint(1, nodeNetwork))));
    }
}
