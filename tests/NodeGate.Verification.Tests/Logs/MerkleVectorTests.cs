using System.Collections.Immutable;
using System.Text.Json;
using NodeGate.Testing.Signing;
using NodeGate.Verification.Logs;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>transparency-dev/merkle: inclusion proofs that hold, and those made from them that do not.</summary>
[Trait("Category", "Conformance")]
public sealed class MerkleVectorTests
{
    [VectorsFact]
    public void CheckInclusion_EveryVector_AsItSays()
    {
        var files = Directory.GetFiles(Vectors.PathOf("merkle", "inclusion"), "*.json", SearchOption.AllDirectories);
        Assert.InRange(files.Length, 90, 1000);
        var held = 0;
        foreach (var file in files)
        {
            using var vector = JsonDocument.Parse(File.ReadAllBytes(file));
            var expected = !vector.RootElement.GetProperty("wantErr").GetBoolean();

            Assert.True(Holds(vector.RootElement) == expected, $"{file}: expected {expected}");
            held += expected ? 1 : 0;
        }

        Assert.InRange(held, 5, files.Length - 5);
    }

    private static bool Holds(JsonElement vector)
    {
        // Indexes that are no int64 are refused before, when the bundle is read (StrictNode.Count).
        if (!vector.GetProperty("leafIdx").TryGetInt64(out var index) || !vector.GetProperty("treeSize").TryGetInt64(out var size))
        {
            return false;
        }

        var path = vector.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof
            ? proof.EnumerateArray().Select(h => h.GetBytesFromBase64()).ToImmutableArray()
            : [];
        // Ours comes from our own hashing, so that it is never empty as in one vector.
        var leaf = Bytes(vector, "leafHash");
        return leaf.Length == 32 && MerkleTree.CheckInclusion(leaf, index, size, path, Bytes(vector, "root")).Holds;
    }

    private static byte[] Bytes(JsonElement vector, string name) =>
        vector.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetBytesFromBase64() : [];
}
