using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Indexes;

/// <summary>The oldest and the newest containerd, each with cosign's legacy signatures and its bundles.</summary>
public static class IndexesData
{
    public static TheoryData<string, int> Nodes
    {
        get
        {
            var rows = new TheoryData<string, int>();
            foreach (var version in Tools.ContainerdVersions.Where(version => version != "1.7").DefaultIfEmpty("none"))
            {
                rows.Add(version, 2);
                rows.Add(version, 3);
            }

            return rows;
        }
    }
}
