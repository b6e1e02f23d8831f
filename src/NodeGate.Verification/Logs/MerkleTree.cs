using System.Collections.Immutable;
using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Logs;

/// <summary>Merkle trees of RFC 6962: leaf = H(0x00, entry), node = H(0x01, left, right).</summary>
internal static class MerkleTree
{
    private const int HashBytes = 32;

    public static byte[] HashLeaf(ReadOnlySpan<byte> entry) => SHA256.HashData([0x00, .. entry]);

    /// <summary>Step <c>inclusionProof</c>: the leaf is the one with this index in the tree of this size and root (RFC 9162 section 2.1.3.2).</summary>
    public static Finding<bool> CheckInclusion(byte[] leafHash, long index, long size, ImmutableArray<byte[]> path, ReadOnlySpan<byte> root)
    {
        // check: proof-index
        if (index >= size)
        {
            return Invalid($"the index {index} is not in a tree of {size} entries");
        }

        var node = index;
        var last = size - 1;
        var hash = leafHash;
        foreach (var sibling in path)
        {
            // check: proof-hash-length
            if (sibling.Length != HashBytes)
            {
                return Invalid($"a hash of {sibling.Length} bytes; expected {HashBytes}");
            }

            // check: proof-too-long
            if (last == 0)
            {
                return Invalid($"{path.Length} hashes are too many for a tree of {size} entries");
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = HashNode(sibling, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                hash = HashNode(hash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        // check: proof-too-short
        if (last != 0)
        {
            return Invalid($"{path.Length} hashes are too few for a tree of {size} entries");
        }

        // check: proof-root
        if (!root.SequenceEqual(hash))
        {
            return Invalid($"the entry is not the one with the index {index} in the checkpoint's tree of {size} entries");
        }

        return Finding.Pass(true, $"entry {index} of {size}");
    }

    private static byte[] HashNode(byte[] left, byte[] right) => SHA256.HashData([0x01, .. left, .. right]);

    private static Finding<bool> Invalid(string detail) => Finding.Fail<bool>(DecisionReason.LogEntryInvalid, $"the inclusion proof does not hold: {detail}");
}
