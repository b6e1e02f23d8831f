using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>Rekor v2 (rekor-tiles): proves, but neither promises nor knows the time.</summary>
public sealed class VirtualRekorV2(SigningKey? key = null, string name = "log2025.rekor.virtual.test") : VirtualLog(key ?? SigningKey.Ed25519(), name)
{
    /// <summary>C2SP signed-note for Ed25519; the key itself for ECDSA.</summary>
    public override byte[] Id => Key is Ed25519SigningKey ed25519
        ? SHA256.HashData([.. Encoding.UTF8.GetBytes(Name), 0x0a, 0x01, .. ed25519.PublicPoint])
        : SHA256.HashData(Key.PublicDer);

    /// <inheritdoc/>
    public override string Origin => Name;

    /// <inheritdoc/>
    protected override JsonObject Body(LoggedSignature signature, LogOptions options) => RekorBodies.HashedRekordV2(signature);

    /// <inheritdoc/>
    public override JsonObject Record(JsonObject body, DateTimeOffset time, LogOptions options)
    {
        var bytes = CanonicalJson.Encode(body);
        var entry = Entry(body, options.Before);
        if (options.Proof)
        {
            entry["inclusionProof"] = Prove(bytes, time, options);
        }

        entry["canonicalizedBody"] = Convert.ToBase64String(bytes);
        return entry;
    }
}
