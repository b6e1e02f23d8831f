using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>The root role (TUF specification 4.3): the keys of the top-level roles.</summary>
internal sealed class RootMetadata
{
    private RootMetadata(TufEnvelope file)
    {
        File = file;
        var keys = ReadKeys(file.Signed.Required("keys"));
        var roles = file.Signed.Required("roles");
        Root = TufRole.Read(roles.Required("root"), keys);
        Timestamp = TufRole.Read(roles.Required("timestamp"), keys);
        Snapshot = TufRole.Read(roles.Required("snapshot"), keys);
        Targets = TufRole.Read(roles.Required("targets"), keys);
        IsConsistentSnapshot = file.Signed.Optional("consistent_snapshot")?.Flag() ?? false;
    }

    public TufEnvelope File { get; }

    public TufRole Root { get; }

    public TufRole Timestamp { get; }

    public TufRole Snapshot { get; }

    public TufRole Targets { get; }

    /// <summary>Whether file names carry versions and hashes.</summary>
    public bool IsConsistentSnapshot { get; }

    /// <summary>A root that its own keys signed. Whether it is to be trusted, the caller has to know.</summary>
    public static RootMetadata Read(string name, ReadOnlySpan<byte> content)
    {
        var root = new RootMetadata(TufEnvelope.Read(name, "root", content));
        // 5.3.4.2: by the new keys too, so that nobody is made root who cannot sign.
        // check: tuf-root-new-keys
        root.Root.Verify(root.File, $"root {root.File.Version}");
        return root;
    }

    public static ImmutableDictionary<string, TufKey> ReadKeys(StrictNode keys) => keys.Members(TufLimits.MaxKeys)
        .Select(entry => (entry.Key, Value: TufKey.Read(entry.Value)))
        .Where(entry => entry.Value is not null)
        .ToImmutableDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.Ordinal);
}
