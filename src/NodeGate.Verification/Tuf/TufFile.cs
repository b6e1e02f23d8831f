using System.Collections.Immutable;
using System.Security.Cryptography;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>What signed metadata says of another file. Snapshot and timestamp may leave length and hashes out, targets may not.</summary>
internal sealed class TufFile
{
    private readonly ImmutableSortedDictionary<string, string> _hashes;

    private TufFile(string name, long version, long? length, ImmutableSortedDictionary<string, string> hashes)
    {
        Name = name;
        Version = version;
        Length = length;
        _hashes = hashes;
    }

    public string Name { get; }

    /// <summary>The version of metadata; target files have none.</summary>
    public long Version { get; }

    public long? Length { get; }

    /// <summary>The hash that stands in a consistent name.</summary>
    public string Hash => _hashes.TryGetValue("sha256", out var hash) ? hash : _hashes["sha512"];

    /// <summary>Reads an entry of a snapshot's or timestamp's <c>meta</c>.</summary>
    public static TufFile ReadMetadata(string name, StrictNode entry) =>
        Read(name, entry.Required("version").Count(), entry.Optional("length"), entry.Optional("hashes"));

    /// <summary>Reads an entry of <c>targets</c>: its length and a hash that can be computed are required.</summary>
    public static TufFile ReadTarget(string name, StrictNode entry)
    {
        var file = Read(name, 0, entry.Required("length"), entry.Required("hashes"));
        // check: tuf-target-hash
        if (!file._hashes.ContainsKey("sha256") && !file._hashes.ContainsKey("sha512"))
        {
            throw entry.Wrong("has neither a sha256 nor a sha512");
        }

        return file;
    }

    /// <summary>The bound on a download: what the metadata says, within the limit.</summary>
    /// <exception cref="TufException">It says more than the limit.</exception>
    public int LengthWithin(int limit)
    {
        // check: tuf-stated-length
        if (Length > limit)
        {
            throw new TufException(TufFailureReason.TooLarge, $"{Name} has {Length} bytes; at most {limit} are read");
        }

        return (int)(Length ?? limit);
    }

    /// <exception cref="TufException">The bytes are not this file.</exception>
    public void Verify(ReadOnlySpan<byte> content)
    {
        // check: tuf-length
        if (Length is { } length && content.Length != length)
        {
            throw new TufException(TufFailureReason.WrongLength, $"{Name} has {content.Length} bytes; {length} were expected");
        }

        foreach (var (algorithm, expected) in _hashes)
        {
            var found = algorithm switch
            {
                "sha256" => Convert.ToHexStringLower(SHA256.HashData(content)),
                "sha512" => Convert.ToHexStringLower(SHA512.HashData(content)),
                _ => null,
            };
            // check: tuf-hash
            if (found is not null && found != expected)
            {
                throw new TufException(TufFailureReason.WrongHash, $"{Name} has the {algorithm} {found}; {Shown.Text(expected)} was expected");
            }
        }
    }

    private static TufFile Read(string name, long version, StrictNode? length, StrictNode? hashes)
    {
        var read = hashes?.Members(TufLimits.MaxHashes).Select(hash => KeyValuePair.Create(hash.Key, hash.Value.Text()));
        return new TufFile(name, version, length?.Count(), ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, read ?? []));
    }
}
