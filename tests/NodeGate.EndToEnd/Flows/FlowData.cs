using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>The rows of the matrix: containerd × registry × cosign.</summary>
public static class FlowData
{
    /// <summary>docker-registry: no referrers API, so clients fall back to a tag.</summary>
    public const string Fallback = "fallback";

    /// <summary>Our test registry, with the referrers API.</summary>
    public const string Referrers = "referrers";

    /// <summary>Registry × cosign.</summary>
    public static TheoryData<string, int> SigningRows
    {
        get
        {
            var rows = new TheoryData<string, int>();
            foreach (var (registry, cosign) in Signings())
            {
                rows.Add(registry, cosign);
            }

            return rows;
        }
    }

    /// <summary>containerd × registry × cosign.</summary>
    public static TheoryData<string, string, int> All
    {
        get
        {
            // One row at least: an empty theory is an error before its reason to be skipped is looked at.
            var rows = new TheoryData<string, string, int>();
            foreach (var version in Tools.ContainerdVersions.DefaultIfEmpty("none"))
            {
                foreach (var (registry, cosign) in Signings())
                {
                    rows.Add(version, registry, cosign);
                }
            }

            return rows;
        }
    }

    internal static IEnumerable<(string Registry, int Cosign)> Signings() => [(Fallback, 2), (Fallback, 3), (Referrers, 2), (Referrers, 3)];
}
