namespace NodeGate.EndToEnd.Kubelet;

/// <summary>The classes that share a <see cref="KubeletWorld"/>; they run one after another, beside the suite's other half.</summary>
[CollectionDefinition(Name)]
public sealed class KubeletDefinition : ICollectionFixture<KubeletWorld>
{
    public const string Name = "kubelet";
}
