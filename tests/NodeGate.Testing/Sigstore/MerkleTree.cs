using System.Numerics;
using System.Security.Cryptography;

namespace NodeGate.Testing.Sigstore;

/// <summary>The tree of RFC 6962 section 2.1, by its recursive definition; a verifier works the other way, from the leaf upwards.</summary>
public sealed class MerkleTree(IReadOnlyList<byte[]> entries)
{
    public byte[] Root => RootOf(0, entries.Count);

    public static byte[] LeafHash(ReadOnlySpan<byte> entry) => SHA256.HashData([0, .. entry]);

    /// <summary>The audit path of an entry, lowest first.</summary>
    public byte[][] Proof(int index) => ProofOf(index, 0, entries.Count);

    private byte[] RootOf(int start, int count)
    {
        switch (count)
        {
            case 0:
                return SHA256.HashData([]);
            case 1:
                return LeafHash(entries[start]);
            default:
                var left = Split(count);
                return SHA256.HashData([1, .. RootOf(start, left), .. RootOf(start + left, count - left)]);
        }
    }

    private byte[][] ProofOf(int index, int start, int count)
    {
        if (count <= 1)
        {
            return [];
        }

        var left = Split(count);
        return index < left
            ? [.. ProofOf(index, start, left), RootOf(start + left, count - left)]
            : [.. ProofOf(index - left, start + left, count - left), RootOf(start, left)];
    }

    // The largest power of two below the count.
    private static int Split(int count) => 1 << (31 - BitOperations.LeadingZeroCount((uint)(count - 1)));
}
