using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>Rekor v1: promises with a signed entry timestamp, proves with an inclusion proof and a checkpoint.</summary>
public sealed class VirtualRekorV1(SigningKey? key = null, string name = "rekor.virtual.test") : VirtualLog(key ?? SigningKey.Create(), name)
{
    /// <summary>The index of the whole log is another one than that of the tree: earlier trees of the log were full.</summary>
    public const long EarlierTrees = 1000;

    public const string TreeId = "2605736670972794746";

    /// <inheritdoc/>
    public override byte[] Id => SHA256.HashData(Key.PublicDer);

    /// <inheritdoc/>
    public override string Origin => $"{Name} - {TreeId}";

    /// <inheritdoc/>
    protected override JsonObject Body(LoggedSignature signature, LogOptions options) =>
        (options.Kind ?? (signature.Payload is null ? "hashedrekord" : "dsse")) switch
        {
            "hashedrekord" => RekorBodies.HashedRekord(signature),
            "intoto" => RekorBodies.Intoto(signature),
            _ => RekorBodies.Dsse(signature),
        };

    /// <inheritdoc/>
    public override JsonObject Record(JsonObject body, DateTimeOffset time, LogOptions options)
    {
        var bytes = CanonicalJson.Encode(body);
        var integrated = (options.IntegratedTime ?? time).ToUnixTimeSeconds();
        var index = EarlierTrees + options.Before;

        var entry = Entry(body, index);
        entry["integratedTime"] = Text(integrated);
        if (options.Promise)
        {
            var promised = new PromisedEntry(bytes, integrated, Id, index);
            promised = options.AlterPromised?.Invoke(promised) ?? promised;
            var signed = (options.PromiseKey ?? Key).Sign(promised.ToBeSigned());
            entry["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Convert.ToBase64String(signed) };
        }

        if (options.Proof)
        {
            entry["inclusionProof"] = Prove(bytes, time, options);
        }

        entry["canonicalizedBody"] = Convert.ToBase64String(bytes);
        return entry;
    }
}
