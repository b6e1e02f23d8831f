using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>What containerd's own records say, without the CRI and without the gate.</summary>
internal static class ContainerdImages
{
    /// <summary>The digest that containerd's record of <paramref name="name"/> points at, or null.</summary>
    internal static async Task<string?> TargetOfAsync(this ContainerdProcess containerd, string name)
    {
        // REF TYPE DIGEST SIZE …
        var lines = (await containerd.CtrAsync("images", "ls")).EnsureSuccess().Text.Split('\n');
        return lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(columns => columns[0] == name).Select(columns => columns[2]).FirstOrDefault();
    }

    /// <summary>Brings an image in behind the gate's back, as an operator would, and waits until containerd's CRI shows it.</summary>
    internal static async Task<CriImage> SmuggleAsync(this ContainerdProcess containerd, string reference)
    {
        (await containerd.CtrAsync("images", "pull", "--plain-http", reference)).EnsureSuccess();
        using var direct = containerd.Cri();
        return await Eventually.FoundAsync($"containerd shows {reference}", () => direct.ImageStatusAsync(reference));
    }
}
