namespace NodeGate.Host.Trust;

/// <summary>
/// The trust root of Sigstore's public-good instance that this program was built with (packaging/tools/get-trust.sh), so that
/// <c>trustRoot: public-good</c> needs neither a file nor the network.
/// </summary>
public static class BuiltInTrust
{
    /// <summary>The name under which a policy asks for it.</summary>
    public const string PublicGood = "public-good";

    /// <summary>Its <c>trusted_root.json</c>, or why this program has none.</summary>
    public static StoredTrust TrustedRoot { get; } = Read("trusted_root.json");

    /// <summary>The root metadata of its TUF repository, to be pinned; null where this program has none.</summary>
    public static byte[]? PinnedRoot { get; } = Read("root.json").TrustedRoot;

    private static StoredTrust Read(string name)
    {
        using var resource = typeof(BuiltInTrust).Assembly.GetManifestResourceStream($"{PublicGood}/{name}");
        if (resource is null)
        {
            return new StoredTrust(
                null, $"this nodegate was built without the trust root '{PublicGood}'; run 'make tools' before the build, or name a file with trustedRoot");
        }

        using var content = new MemoryStream();
        resource.CopyTo(content);
        return new StoredTrust(content.ToArray(), null);
    }
}
