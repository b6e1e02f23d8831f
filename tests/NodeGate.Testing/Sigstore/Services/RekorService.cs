using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeGate.Testing.Sigstore.Services;

/// <summary>The APIs of both logs: what a client proposes becomes the body that the log keeps.</summary>
internal sealed class RekorService(VirtualSigstore sigstore)
{
    private int _entriesOfV1;
    private int _entriesOfV2;

    /// <summary><c>POST /api/v1/log/entries</c>.</summary>
    public JsonObject CreateV1(JsonNode proposed, DateTimeOffset time)
    {
        var options = LogOptions.Default with { Before = Interlocked.Increment(ref _entriesOfV1), After = 0 };
        var entry = sigstore.RekorV1.Record(KeptBody(proposed), time, options);
        var proof = entry["inclusionProof"]!;
        var leaf = MerkleTree.LeafHash(Convert.FromBase64String((string)entry["canonicalizedBody"]!));
        var tree = long.Parse(VirtualRekorV1.TreeId, CultureInfo.InvariantCulture);
        var uuid = tree.ToString("x16", CultureInfo.InvariantCulture) + Convert.ToHexStringLower(leaf);
        return new JsonObject
        {
            [uuid] = new JsonObject
            {
                ["body"] = (string?)entry["canonicalizedBody"],
                ["integratedTime"] = Number(entry["integratedTime"]),
                ["logID"] = Convert.ToHexStringLower(sigstore.RekorV1.Id),
                ["logIndex"] = Number(entry["logIndex"]),
                ["verification"] = new JsonObject
                {
                    ["inclusionProof"] = new JsonObject
                    {
                        ["checkpoint"] = (string?)proof["checkpoint"]!["envelope"],
                        ["hashes"] = new JsonArray([.. proof["hashes"]!.AsArray().Select(hash => JsonValue.Create(Hex(hash)))]),
                        ["logIndex"] = Number(proof["logIndex"]),
                        ["rootHash"] = Hex(proof["rootHash"]),
                        ["treeSize"] = Number(proof["treeSize"]),
                    },
                    ["signedEntryTimestamp"] = (string?)entry["inclusionPromise"]!["signedEntryTimestamp"],
                },
            },
        };
    }

    /// <summary><c>POST /api/v2/log/entries</c>.</summary>
    public JsonObject CreateV2(JsonNode proposed, DateTimeOffset time)
    {
        var request = proposed["hashedRekordRequestV002"]!;
        var digest = (string)request["digest"]!;
        var body = new JsonObject
        {
            ["apiVersion"] = "0.0.2",
            ["kind"] = "hashedrekord",
            ["spec"] = new JsonObject
            {
                ["hashedRekordV002"] = new JsonObject
                {
                    ["data"] = new JsonObject { ["algorithm"] = "SHA2_" + (Convert.FromBase64String(digest).Length * 8), ["digest"] = digest },
                    ["signature"] = request["signature"]!.DeepClone(),
                },
            },
        };
        return sigstore.RekorV2.Record(body, time, LogOptions.Default with { Before = Interlocked.Increment(ref _entriesOfV2), After = 0 });
    }

    private static JsonObject KeptBody(JsonNode proposed)
    {
        var body = proposed.DeepClone().AsObject();
        var spec = body["spec"]!;
        switch ((string?)body["kind"])
        {
            case "dsse":
                body["spec"] = KeptEnvelope(spec["proposedContent"]!);
                break;
            case "intoto":
                spec["content"]!["envelope"]!.AsObject().Remove("payload");
                break;
        }

        return body;
    }

    private static JsonObject KeptEnvelope(JsonNode proposed)
    {
        var text = (string)proposed["envelope"]!;
        var envelope = JsonNode.Parse(text)!;
        var verifiers = proposed["verifiers"]!.AsArray();
        return new JsonObject
        {
            ["envelopeHash"] = Sha256(Encoding.UTF8.GetBytes(text)),
            ["payloadHash"] = Sha256(Convert.FromBase64String((string)envelope["payload"]!)),
            ["signatures"] = new JsonArray([.. envelope["signatures"]!.AsArray().Zip(verifiers, (signature, verifier) => new JsonObject
            {
                ["signature"] = (string?)signature!["sig"],
                ["verifier"] = (string?)verifier,
            })]),
        };
    }

    private static JsonObject Sha256(byte[] content) =>
        new() { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(SHA256.HashData(content)) };

    private static long Number(JsonNode? text) => long.Parse((string)text!, CultureInfo.InvariantCulture);

    private static string Hex(JsonNode? base64) => Convert.ToHexStringLower(Convert.FromBase64String((string)base64!));
}
