using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>A transparency log: takes an entry in and proves it.</summary>
public abstract class VirtualLog(SigningKey key, string name)
{
    public SigningKey Key { get; } = key;

    /// <summary>The name on the signature line of checkpoints; the host of the log.</summary>
    public string Name { get; } = name;

    public string BaseUrl { get; init; } = "https://" + name;

    /// <summary>The log's identifier; its first four bytes are the key hint of its checkpoints.</summary>
    public abstract byte[] Id { get; }

    /// <summary>The first line of its checkpoints.</summary>
    public abstract string Origin { get; }

    /// <summary>An element of <c>tlogs</c> in a trusted root.</summary>
    public JsonObject TrustedEntry(DateTimeOffset from, DateTimeOffset? to = null) => TrustedEntries.Log(BaseUrl, Key, Id, from, to);

    /// <summary>Takes in what a client would log for the signature; an element of <c>tlogEntries</c> in a bundle.</summary>
    public JsonObject Record(LoggedSignature signature, DateTimeOffset time, LogOptions options)
    {
        var body = Body(signature, options);
        options.AlterBody?.Invoke(body);
        return Record(body, time, options);
    }

    /// <summary>Takes in any body.</summary>
    public abstract JsonObject Record(JsonObject body, DateTimeOffset time, LogOptions options);

    protected abstract JsonObject Body(LoggedSignature signature, LogOptions options);

    /// <summary>The entry in a tree with others, with the log's checkpoint over it.</summary>
    protected JsonObject Prove(byte[] body, DateTimeOffset time, LogOptions options)
    {
        var tree = new MerkleTree([.. Others(0, options.Before), body, .. Others(options.Before + 1, options.After)]);
        var size = options.Before + 1 + options.After;
        var root = Convert.ToBase64String(tree.Root);
        var checkpoint = SignedNote.Sign(this, $"{Origin}\n{size}\n{root}\n", time, options.Checkpoint);
        return new JsonObject
        {
            ["logIndex"] = Text(options.Before),
            ["rootHash"] = root,
            ["treeSize"] = Text(size),
            ["hashes"] = new JsonArray([.. tree.Proof(options.Before).Select(hash => JsonValue.Create(Convert.ToBase64String(hash)))]),
            ["checkpoint"] = new JsonObject { ["envelope"] = checkpoint },
        };
    }

    protected JsonObject Entry(JsonObject body, long index) => new()
    {
        ["logIndex"] = Text(index),
        ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(Id) },
        ["kindVersion"] = new JsonObject { ["kind"] = (string?)body["kind"], ["version"] = (string?)body["apiVersion"] },
    };

    /// <summary>proto3 JSON writes 64-bit integers as strings.</summary>
    protected static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<byte[]> Others(int first, int count) =>
        Enumerable.Range(first, count).Select(i => Encoding.ASCII.GetBytes($"entry {i} of somebody else"));
}
