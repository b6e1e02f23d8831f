using System.Runtime.InteropServices;
using NodeGate.Oci;

namespace NodeGate.Gate;

/// <summary>The platform of this node, and which entry of an index containerd takes for it.</summary>
internal static class NodePlatform
{
    private const string Linux = "linux";

    /// <summary>As containerd names it: no variant but for 32-bit ARM.</summary>
    internal static Platform Current { get; } = RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => new Platform("amd64", Linux, null),
        Architecture.X86 => new Platform("386", Linux, null),
        Architecture.Arm64 => new Platform("arm64", Linux, null),
        Architecture.Arm or Architecture.Armv6 => new Platform("arm", Linux, "v7"),
        var other => new Platform(other.ToString().ToLowerInvariant(), Linux, null),
    };

    /// <summary>
    /// The entry that containerd would take on <paramref name="node"/> (containerd/platforms, "Only"): the best of those that the node runs, the
    /// first among equals; one that names no platform only where no other fits. A wrong choice is never unsafe: what is chosen here is verified
    /// and then pulled by its own digest.
    /// </summary>
    internal static Descriptor? Choose(ImageIndex index, Platform node)
    {
        var runs = RunsOn(Normalise(node));
        return index.Manifests
            .Select(entry => (Entry: entry, Rank: entry.Platform is { } platform ? runs.IndexOf(Normalise(platform)) : runs.Count))
            .Where(e => e.Rank >= 0)
            .OrderBy(e => e.Rank)
            .Select(e => e.Entry)
            .FirstOrDefault();
    }

    private static List<Platform> RunsOn(Platform node)
    {
        List<Platform> runs = [node];
        switch (node.Architecture)
        {
            case "amd64":
                runs.AddRange(Below(node, 1).Select(Normalise));
                runs.Add(node with { Architecture = "386", Variant = null });
                break;
            case "arm":
                runs.AddRange(Below(node, 5));
                break;
            case "arm64":
                var arm = node with { Architecture = "arm", Variant = "v8" };
                runs.AddRange(Below(node, 8).Select(Normalise));
                runs.AddRange([arm, .. Below(arm, 5)]);
                break;
        }

        return runs;
    }

    /// <summary>The same with each lower variant.</summary>
    private static IEnumerable<Platform> Below(Platform platform, int lowest) =>
        platform.Variant is ['v', >= '0' and <= '9' and var digit]
            ? Enumerable.Range(lowest, Math.Max(0, digit - '0' - lowest)).Reverse().Select(v => platform with { Variant = $"v{v}" })
            : [];

    /// <summary>One spelling for what means the same: <c>amd64/v1</c> and <c>arm64/v8</c> say no more than the architecture.</summary>
    private static Platform Normalise(Platform platform)
    {
        var os = platform.Os.Length == 0 ? Linux : platform.Os.ToLowerInvariant();
        var variant = platform.Variant?.ToLowerInvariant() switch
        {
            null or "" => null,
            [>= '0' and <= '9'] bare => "v" + bare,
            var given => given,
        };
        return (platform.Architecture.ToLowerInvariant(), variant) switch
        {
            ("amd64" or "x86_64" or "x86-64", "v1") => new Platform("amd64", os, null),
            ("amd64" or "x86_64" or "x86-64", _) => new Platform("amd64", os, variant),
            ("arm64" or "aarch64", "v8") => new Platform("arm64", os, null),
            ("arm64" or "aarch64", _) => new Platform("arm64", os, variant),
            ("i386", _) => new Platform("386", os, null),
            ("armhf", _) or ("arm", null) => new Platform("arm", os, "v7"),
            ("armel", _) => new Platform("arm", os, "v6"),
            var (architecture, _) => new Platform(architecture, os, variant),
        };
    }
}
