using NodeGate.Policy;

namespace NodeGate.Host.Trust;

/// <summary>
/// The trust root of Sigstore's public-good instance that this program was built with (packaging/tools/get-trust.sh), so that
/// <c>trustRoot: public-good</c> needs neither a file nor the network.
/// </summary>
public static class BuiltInTrust
{
    /// <summary>Its <c>trusted_root.json</c>, or why this program has none.</summary>
    public static FileContent TrustedRoot { get; } = Read("trusted_root.json");

    /// <summary>The root metadata of its TUF repository, to be pinned, or why this program has none.</summary>
    public static FileContent PinnedRoot { get; } = Read("root.json");

    private static FileContent Read(string name)
    {
        using var resource = typeof(BuiltInTrust).Assembly.GetManifestResourceStream($"{BuiltInTrustRoots.PublicGood}/{name}");
        if (resource is null)
        {
            return FileContent.Unreadable(
                $"this nodegate was built without the trust root '{BuiltInTrustRoots.PublicGood}'; run 'make tools' before the build, or name a file with trustedRoot");
        }

        using var content = new MemoryStream();
        resource.CopyTo(content);
        return FileContent.Found(content.ToArray());
    }
}
