using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.Targets.Verification;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Testing.Tuf;

namespace NodeGate.Fuzz.Minting;

/// <summary>
/// Mints the seeds that need signatures, and the world that trusts them: <c>dotnet run --project tests/NodeGate.Fuzz -- mint</c>. They are
/// committed, because keys are random: evidence of another process would be a stranger's. The private keys are forgotten.
/// </summary>
internal static class Mint
{
    public static void All()
    {
        var sigstore = new VirtualSigstore();
        var key = SigningKey.Create();
        var image = Digest.Of(World.ImageBytes);
        Write("world", "key.pub", Encoding.ASCII.GetBytes(key.PublicPem));
        Write("world", "trusted_root.json", Json(sigstore.TrustedRoot()));
        Keys();
        Bundles(sigstore, key, image);
        Legacy(sigstore, key, image);
        Write("trusted-root", "seed-v01", Json(sigstore.TrustedRoot()));
        Write("trusted-root", "seed-v02", Json(sigstore.TrustedRoot("application/vnd.dev.sigstore.trustedroot.v0.2+json")));
        Write("certificate", "seed-leaf", sigstore.Certificate());
        Write("certificate", "seed-intermediate", sigstore.Ca.Intermediate);
        Write("certificate", "seed-root", sigstore.Ca.Chain[^1]);
        var v1 = sigstore.Message(World.ImageBytes);
        var v2 = sigstore.Message(World.ImageBytes, MintOptions.RekorV2);
        Write("checkpoint", "seed-v1", Checkpoint(v1));
        Write("checkpoint", "seed-v2", Checkpoint(v2));
        Write("timestamp", "seed-response", sigstore.Tsa.Stamp(World.Stamped, VirtualSigstore.SigningTime, TimestampOptions.Default));
        Tuf();
        Write("log-entry-body", "seed-hashedrekord", Body(v1));
        Write("log-entry-body", "seed-dsse", Body(sigstore.Signature(image)));
    }

    private static void Keys()
    {
        Write("public-key", "seed-p256", SigningKey.Create().PublicDer);
        Write("public-key", "seed-p384", SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384).PublicDer);
        Write("public-key", "seed-p521", SigningKey.Ecdsa(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512).PublicDer);
        Write("public-key", "seed-rsa", SigningKey.Rsa(2048, RSASignaturePadding.Pkcs1).PublicDer);
        Write("public-key", "seed-ed25519", SigningKey.Ed25519().PublicDer);
    }

    private static void Bundles(VirtualSigstore sigstore, SigningKey key, Digest image)
    {
        var predicate = JsonNode.Parse("""{"buildType":"https://example.com/b","count":3}""")!;
        var keyed = MintOptions.Default with { ManagedKey = key };
        Write("evidence-bundle", "seed-key-dsse", Json(Testing.Signing.Bundles.Signature(key, image)));
        Write("evidence-bundle", "seed-key-message", Json(Testing.Signing.Bundles.Message(key, World.ImageBytes)));
        Write("evidence-bundle", "seed-key-logged", Json(sigstore.Signature(image, keyed)));
        Write("evidence-bundle", "seed-keyless-v03", Json(sigstore.Signature(image)));
        Write("evidence-bundle", "seed-keyless-message", Json(sigstore.Message(World.ImageBytes)));
        Write("evidence-bundle", "seed-keyless-v02", Json(sigstore.Signature(image, MintOptions.V02)));
        Write("evidence-bundle", "seed-keyless-v01", Json(sigstore.Signature(image, MintOptions.V01)));
        Write("evidence-bundle", "seed-keyless-rekor2", Json(sigstore.Signature(image, MintOptions.RekorV2)));
        Write("evidence-bundle", "seed-attestation", Json(sigstore.Attestation(image, World.PredicateType, predicate)));
    }

    private static void Legacy(VirtualSigstore sigstore, SigningKey key, Digest image)
    {
        var predicate = JsonNode.Parse("""{"scanner":"none"}""")!;
        Write("evidence-legacy", "seed-key", Layer(LegacySignature.Of(key, World.Repository, image)));
        Write("evidence-legacy", "seed-key-logged", Layer(sigstore.LegacySignature(World.Repository, image, MintOptions.Default with { ManagedKey = key })));
        Write("evidence-legacy", "seed-keyless", Layer(sigstore.LegacySignature(World.Repository, image)));
        Write("evidence-legacy", "seed-keyless-stamped", Layer(sigstore.LegacySignature(World.Repository, image, MintOptions.Default with { Authorities = [sigstore.Tsa] })));
        Write("evidence-legacy", "seed-attestation", Layer(sigstore.LegacyAttestation(image, World.PredicateType, predicate)));
    }

    private static void Tuf()
    {
        var repository = TufRepository.WithTarget(VirtualSigstore.SigningTime, content: "first");
        Write("world", "tuf-root.json", repository.PinnedRoot);
        Write("tuf", "seed-1", Files(repository));
        repository.RotateRoot(() => repository.Root.Signed["note"] = "second");
        repository.AddDelegation("targets", "other", paths: ["other/*"]);
        repository.AddTarget("targets", "trusted_root.json", "second");
        repository.PublishNext();
        Write("tuf", "seed-2", Files(repository));
    }

    private static byte[] Files(TufRepository repository) =>
        Json(new JsonObject { ["metadata"] = Files(repository.Metadata), ["targets"] = Files(repository.TargetFiles) });

    private static JsonObject Files(Dictionary<string, byte[]> files) =>
        new(files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => KeyValuePair.Create(file.Key, (JsonNode?)JsonValue.Create(Convert.ToBase64String(file.Value)))));

    private static byte[] Layer(LegacySignature layer) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["mediaType"] = layer.MediaType,
        ["layer"] = Convert.ToBase64String(layer.Payload.Span),
        ["annotations"] = new JsonObject(layer.Annotations.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => KeyValuePair.Create(a.Key, (JsonNode?)JsonValue.Create(a.Value)))),
    }.ToJsonString());

    private static JsonNode Entry(JsonObject bundle) => bundle["verificationMaterial"]!["tlogEntries"]![0]!;

    private static byte[] Checkpoint(JsonObject bundle) => Encoding.UTF8.GetBytes((string)Entry(bundle)["inclusionProof"]!["checkpoint"]!["envelope"]!);

    private static byte[] Body(JsonObject bundle) => Convert.FromBase64String((string)Entry(bundle)["canonicalizedBody"]!);

    private static byte[] Json(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static void Write(string target, string name, byte[] content) =>
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(Corpus.Root, target)).FullName, name), content);
}
