using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Harness;

/// <summary>The versions of containerd that this machine has; a test with this data needs the part `containerd`.</summary>
public static class ContainerdVersionsData
{
    public static TheoryData<string> All
    {
        get
        {
            // One row at least: an empty theory is an error before its reason to be skipped is looked at.
            var rows = new TheoryData<string>();
            foreach (var version in Tools.ContainerdVersions.DefaultIfEmpty("none"))
            {
                rows.Add(version);
            }

            return rows;
        }
    }
}
