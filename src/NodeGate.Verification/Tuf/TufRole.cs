using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>Who signs a role, and how many of them must.</summary>
internal sealed class TufRole
{
    private readonly ImmutableDictionary<string, TufKey> _keys;

    private TufRole(ImmutableDictionary<string, TufKey> keys, int threshold)
    {
        _keys = keys;
        Threshold = threshold;
    }

    public int Threshold { get; }

    /// <summary>Reads <c>keyids</c> and <c>threshold</c>. A key id without a usable key counts for nothing.</summary>
    public static TufRole Read(StrictNode role, ImmutableDictionary<string, TufKey> keys)
    {
        var threshold = role.Required("threshold").Count();
        // With a threshold of 0 a file without any signature would be signed (CVE-2026-23992).
        // check: tuf-threshold-zero
        if (threshold < 1)
        {
            throw role.Wrong($"has the threshold {threshold}; expected at least 1");
        }

        // check: tuf-threshold-limit
        if (threshold > TufLimits.MaxKeyIds)
        {
            throw role.Wrong($"has the threshold {threshold}; expected at most {TufLimits.MaxKeyIds}");
        }

        var mine = ImmutableDictionary.CreateBuilder<string, TufKey>(StringComparer.Ordinal);
        foreach (var id in role.Required("keyids").Items(TufLimits.MaxKeyIds).Select(id => id.Text()))
        {
            if (keys.TryGetValue(id, out var key))
            {
                mine[id] = key;
            }
        }

        return new TufRole(mine.ToImmutable(), (int)threshold);
    }

    /// <summary>Whether no key of the older role was taken away, whatever its id is now.</summary>
    public bool KeepsKeysOf(TufRole older) =>
        older._keys.Values.Select(key => key.Fingerprint).ToHashSet().IsSubsetOf(_keys.Values.Select(key => key.Fingerprint));

    /// <exception cref="TufException">Too few keys signed.</exception>
    public void Verify(TufEnvelope file, string asWhom)
    {
        // By key, not by key id or signature: one key under two ids must not count twice (CVE-2020-6174, CVE-2024-47534).
        var signers = new HashSet<Digest>();
        foreach (var (keyId, signature) in file.Signatures)
        {
            if (_keys.TryGetValue(keyId, out var key) && !signers.Contains(key.Fingerprint) && key.Verifies(file.Canonical, signature))
            {
                signers.Add(key.Fingerprint);
            }
        }

        if (signers.Count < Threshold)
        {
            throw new TufException(
                TufFailureReason.BadSignature, $"{file.Name} is signed by {signers.Count} of the keys of {asWhom}; {Threshold} are needed");
        }
    }
}
