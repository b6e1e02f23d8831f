using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeGate.Testing.Sigstore;

/// <summary>The bodies of log entries, as trees, so that a test can make one field wrong before the body is logged.</summary>
public static class RekorBodies
{
    public static JsonObject HashedRekord(LoggedSignature entry) => Body("hashedrekord", "0.0.1", new JsonObject
    {
        ["data"] = new JsonObject { ["hash"] = Hash(entry.Key.Hash, entry.Message) },
        ["signature"] = new JsonObject
        {
            ["content"] = Convert.ToBase64String(entry.Signature),
            ["publicKey"] = new JsonObject { ["content"] = Convert.ToBase64String(entry.VerifierPem) },
        },
    });

    public static JsonObject Dsse(LoggedSignature entry) => Body("dsse", "0.0.1", new JsonObject
    {
        ["envelopeHash"] = Hash(HashAlgorithmName.SHA256, Envelope(entry)),
        ["payloadHash"] = Hash(HashAlgorithmName.SHA256, entry.Payload ?? []),
        ["signatures"] = new JsonArray(new JsonObject
        {
            ["signature"] = Convert.ToBase64String(entry.Signature),
            ["verifier"] = Convert.ToBase64String(entry.VerifierPem),
        }),
    });

    /// <summary>The kind of older clients. Its signature is encoded twice.</summary>
    public static JsonObject Intoto(LoggedSignature entry) => Body("intoto", "0.0.2", new JsonObject
    {
        ["content"] = new JsonObject
        {
            ["envelope"] = new JsonObject
            {
                ["payloadType"] = entry.PayloadType,
                ["signatures"] = new JsonArray(new JsonObject
                {
                    ["publicKey"] = Convert.ToBase64String(entry.VerifierPem),
                    ["sig"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToBase64String(entry.Signature))),
                }),
            },
            ["hash"] = Hash(HashAlgorithmName.SHA256, Envelope(entry)),
            ["payloadHash"] = Hash(HashAlgorithmName.SHA256, entry.Payload ?? []),
        },
    });

    /// <summary>The only kind of Rekor v2.</summary>
    public static JsonObject HashedRekordV2(LoggedSignature entry)
    {
        var verifier = new JsonObject { ["keyDetails"] = entry.Key.KeyDetails };
        verifier[entry.Certificate is null ? "publicKey" : "x509Certificate"] =
            new JsonObject { ["rawBytes"] = Convert.ToBase64String(entry.Certificate ?? entry.Key.PublicDer) };
        return Body("hashedrekord", "0.0.2", new JsonObject
        {
            ["hashedRekordV002"] = new JsonObject
            {
                ["data"] = new JsonObject
                {
                    ["algorithm"] = "SHA2_" + entry.Key.Hash.Name![3..],
                    ["digest"] = Convert.ToBase64String(CryptographicOperations.HashData(entry.Key.Hash, entry.Message)),
                },
                ["signature"] = new JsonObject { ["content"] = Convert.ToBase64String(entry.Signature), ["verifier"] = verifier },
            },
        });
    }

    private static JsonObject Body(string kind, string version, JsonObject spec) => new() { ["apiVersion"] = version, ["kind"] = kind, ["spec"] = spec };

    private static JsonObject Hash(HashAlgorithmName algorithm, byte[] content) => new()
    {
        ["algorithm"] = algorithm.Name!.ToLowerInvariant(),
        ["value"] = Convert.ToHexStringLower(CryptographicOperations.HashData(algorithm, content)),
    };

    private static byte[] Envelope(LoggedSignature entry) => CanonicalJson.Encode(new JsonObject
    {
        ["payload"] = Convert.ToBase64String(entry.Payload ?? []),
        ["payloadType"] = entry.PayloadType,
        ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(entry.Signature) }),
    });
}
