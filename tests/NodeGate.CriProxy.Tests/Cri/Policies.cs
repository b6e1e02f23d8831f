using System.Text;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Tests.Cri;

/// <summary>The policies that the edge itself looks at: whether it has to judge what pods are started with.</summary>
internal static class Policies
{
    public static PolicyModel Observe { get; } = Load("mode: enforce", "sandboxImage: observe");

    public static PolicyModel Enforce { get; } = Load("mode: enforce", "sandboxImage: enforce");

    public static PolicyModel Audit { get; } = Load("mode: audit", "sandboxImage: enforce");

    private static PolicyModel Load(params string[] lines)
    {
        var text = string.Join('\n', ["apiVersion: nodegate.dev/v1", "kind: ImagePolicy", "metadata: {name: edge}", .. lines]);
        var result = PolicyLoader.Load([new PolicyFile("edge.yaml", Encoding.UTF8.GetBytes(text))], new NoFiles());
        return result.Model ?? throw new InvalidOperationException(string.Join('\n', result.Errors));
    }

    private sealed class NoFiles : IPolicyFiles
    {
        public FileContent Read(string policyPath, string file, int maxBytes) => throw new FileNotFoundException(file);

        public FileContent ReadBuiltIn(string name) => throw new FileNotFoundException(name);

        public FileContent ReadBuiltInTufRoot(string name) => throw new FileNotFoundException(name);

        public FileContent ReadFetched(TufSource source) => throw new FileNotFoundException(source.ToString());
    }
}
