using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>The snapshot role (TUF specification 4.4), or the timestamp role (4.6), which is a snapshot of one file.</summary>
internal sealed class SnapshotMetadata
{
    public SnapshotMetadata(TufEnvelope file)
    {
        File = file;
        Files = file.Signed.Required("meta").Members(TufLimits.MaxFiles)
            .ToImmutableDictionary(entry => entry.Key, entry => TufFile.ReadMetadata(entry.Key, entry.Value), StringComparer.Ordinal);
    }

    public TufEnvelope File { get; }

    /// <summary>The metadata files by their names without version.</summary>
    public ImmutableDictionary<string, TufFile> Files { get; }

    /// <exception cref="TufException">It does not have the file.</exception>
    public TufFile Find(string name)
    {
        // check: tuf-snapshot-entry
        if (!Files.ContainsKey(name))
        {
            throw new TufException(TufFailureReason.Malformed, $"{File.Name} does not list {Shown.Text(name)}");
        }

        return Files[name];
    }
}
