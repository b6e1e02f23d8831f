using System.Text;
using NodeGate.Policy;

namespace NodeGate.Host.Tests;

/// <summary>Policies from text.</summary>
internal static class Policies
{
    internal const string Empty = "apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: test}\nrules: []\n";

    internal static PolicyModel Load(string text)
    {
        var result = PolicyLoader.Load([new PolicyFile("policy.yaml", Encoding.UTF8.GetBytes(text))], new NoFiles());
        return result.Model ?? throw new InvalidOperationException(string.Join('\n', result.Errors));
    }

    private sealed class NoFiles : IPolicyFiles
    {
        public FileContent Read(string policyPath, string file, int maxBytes) => FileContent.Unreadable("there is none");

        public FileContent ReadBuiltIn(string name) => FileContent.Unreadable("there is none");

        public FileContent ReadBuiltInTufRoot(string name) => FileContent.Unreadable("there is none");

        public FileContent ReadFetched(TufSource source) => FileContent.Unreadable("there is none");
    }
}
