using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>
/// A whole Sigstore in this process, with real keys: it mints evidence that is valid, and by <see cref="MintOptions"/> evidence in which
/// exactly one thing is wrong. It shares no code with the verifier.
/// </summary>
public sealed class VirtualSigstore
{
    public const string Subject = "https://github.com/nodegate/virtual/.github/workflows/release.yml@refs/heads/main";
    public const string OidcIssuer = "https://token.actions.virtual.test";
    public const string CertificateAnnotation = "dev.sigstore.cosign/certificate";
    public const string ChainAnnotation = "dev.sigstore.cosign/chain";
    public const string BundleAnnotation = "dev.sigstore.cosign/bundle";
    public const string TimestampAnnotation = "dev.sigstore.cosign/rfc3161timestamp";

    /// <summary>When everything is signed. In the past, since peers refuse what was logged in the future.</summary>
    public static readonly DateTimeOffset SigningTime = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>From when the trusted root trusts logs and authorities.</summary>
    public static readonly DateTimeOffset TrustedFrom = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<VirtualSigstore> Shared = new(() => new VirtualSigstore());
    private static readonly Lazy<SigningKey> SharedKey = new(SigningKey.Create);

    public VirtualSigstore(VirtualSigstoreOptions? options = null)
    {
        Ca = options?.Ca ?? new VirtualCa();
        CtLog = options?.CtLog ?? new VirtualCtLog();
        RekorV1 = options?.RekorV1 ?? new VirtualRekorV1();
        RekorV2 = options?.RekorV2 ?? new VirtualRekorV2();
        Tsa = options?.Tsa ?? new VirtualTsa();
    }

    /// <summary>The one that tests share: making keys is what takes time. It has no state.</summary>
    public static VirtualSigstore Default => Shared.Value;

    public VirtualCa Ca { get; }

    public VirtualCtLog CtLog { get; }

    public VirtualRekorV1 RekorV1 { get; }

    public VirtualRekorV2 RekorV2 { get; }

    public VirtualTsa Tsa { get; }

    /// <summary>trusted_root.json with everything in it.</summary>
    public JsonObject TrustedRoot(string mediaType = "application/vnd.dev.sigstore.trustedroot+json;version=0.1") => new()
    {
        ["mediaType"] = mediaType,
        ["tlogs"] = new JsonArray(RekorV1.TrustedEntry(TrustedFrom), RekorV2.TrustedEntry(TrustedFrom)),
        ["certificateAuthorities"] = new JsonArray(Ca.TrustedEntry(TrustedFrom)),
        ["ctlogs"] = new JsonArray(CtLog.TrustedEntry(TrustedFrom)),
        ["timestampAuthorities"] = new JsonArray(Tsa.TrustedEntry(TrustedFrom)),
    };

    /// <summary>A bundle with a message signature over the artifact: <c>cosign sign-blob</c>.</summary>
    public JsonObject Message(ReadOnlySpan<byte> artifact, MintOptions? options = null)
    {
        options ??= MintOptions.Default;
        var signature = Sign(artifact.ToArray(), payload: null, options);
        var digest = CryptographicOperations.HashData(signature.Key.Hash, artifact);
        return Bundle(signature, options, "messageSignature", new JsonObject
        {
            ["messageDigest"] = new JsonObject { ["algorithm"] = "SHA2_" + signature.Key.Hash.Name![3..], ["digest"] = Convert.ToBase64String(digest) },
            ["signature"] = Convert.ToBase64String(signature.Signature),
        });
    }

    /// <summary>The bundle that <c>cosign sign</c> (3.x) writes for an image.</summary>
    public JsonObject Signature(Digest image, MintOptions? options = null, IEnumerable<KeyValuePair<string, string>>? annotations = null) =>
        Dsse(Bundles.Statement(image, annotations).ToJsonString(), options);

    /// <summary>The bundle that <c>cosign attest</c> (3.x) writes.</summary>
    public JsonObject Attestation(Digest image, string predicateType, JsonNode predicate, MintOptions? options = null) =>
        Dsse(Statement(image, predicateType, predicate), options);

    /// <summary>A DSSE bundle with any payload.</summary>
    public JsonObject Dsse(string payload, MintOptions? options = null, string payloadType = Bundles.InToto) =>
        Dsse(Encoding.UTF8.GetBytes(payload), options, payloadType);

    public JsonObject Dsse(byte[] payload, MintOptions? options = null, string payloadType = Bundles.InToto)
    {
        options ??= MintOptions.Default;
        var signature = Sign(Bundles.PreAuthentication(payloadType, payload), payload, options) with { PayloadType = payloadType };
        return Bundle(signature, options, "dsseEnvelope", Envelope(signature));
    }

    /// <summary>A layer of the <c>.sig</c> image: what <c>cosign sign</c> (2.x) writes for an image.</summary>
    public LegacySignature LegacySignature(string repository, Digest image, MintOptions? options = null) =>
        LegacySignature(Signing.LegacySignature.PayloadFor(repository, image), options);

    /// <summary>A layer of the <c>.sig</c> image with any payload.</summary>
    public LegacySignature LegacySignature(string payload, MintOptions? options = null)
    {
        options ??= MintOptions.Default;
        var bytes = Encoding.UTF8.GetBytes(payload);
        var signature = Sign(bytes, payload: null, options);
        return new LegacySignature
        {
            Payload = bytes,
            Annotations = LegacyAnnotations(signature, signature.Signature, options)
                .Add(Signing.LegacySignature.SignatureAnnotation, Convert.ToBase64String(signature.Signature)),
        };
    }

    /// <summary>A layer of the <c>.att</c> image: what <c>cosign attest</c> (2.x) writes for an image.</summary>
    public LegacySignature LegacyAttestation(Digest image, string predicateType, JsonNode predicate, MintOptions? options = null) =>
        LegacyAttestation(Statement(image, predicateType, predicate), options);

    /// <summary>A layer of the <c>.att</c> image with any statement.</summary>
    public LegacySignature LegacyAttestation(string statement, MintOptions? options = null, string payloadType = Bundles.InToto)
    {
        options ??= MintOptions.Default;
        var payload = Encoding.UTF8.GetBytes(statement);
        var signature = Sign(Bundles.PreAuthentication(payloadType, payload), payload, options) with { PayloadType = payloadType };
        var envelope = CanonicalJson.Encode(Envelope(signature));
        return new LegacySignature
        {
            MediaType = MediaTypes.DsseEnvelope,
            Payload = envelope,
            Annotations = LegacyAnnotations(signature, envelope, options).Add(Signing.LegacySignature.SignatureAnnotation, ""),
        };
    }

    /// <summary>The certificate that the options describe, in DER.</summary>
    public byte[] Certificate(MintOptions? options = null)
    {
        options ??= MintOptions.Default;
        var ca = options.Ca ?? Ca;
        var leaf = ca.Leaf(options.Key ?? SharedKey.Value, options.Names, options.OidcIssuer, options.Time);
        return ca.Issue(options.Leaf?.Invoke(leaf) ?? leaf, CtLog, options.Sct);
    }

    private static string Statement(Digest image, string predicateType, JsonNode predicate)
    {
        var statement = Bundles.Statement(image, predicateType: predicateType);
        statement["predicate"] = predicate.DeepClone();
        return statement.ToJsonString();
    }

    private static JsonObject Envelope(LoggedSignature signature) => new()
    {
        ["payload"] = Convert.ToBase64String(signature.Payload!),
        ["payloadType"] = signature.PayloadType,
        ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(signature.Signature) }),
    };

    private LoggedSignature Sign(byte[] message, byte[]? payload, MintOptions options)
    {
        var key = options.ManagedKey ?? options.Key ?? SharedKey.Value;
        var signature = (options.SignWith ?? key).Sign(options.SignedMessage ?? message);
        return new LoggedSignature
        {
            Signature = options.AlterSignature?.Invoke(signature) ?? signature,
            Message = message,
            Key = key,
            Certificate = options.ManagedKey is null ? Certificate(options) : null,
            Payload = payload,
        };
    }

    private JsonObject Bundle(LoggedSignature signature, MintOptions options, string contentName, JsonObject content)
    {
        var material = new JsonObject();
        if (signature.Certificate is null)
        {
            material["publicKey"] = new JsonObject { ["hint"] = signature.Key.Hint };
        }
        else if (options.MediaType is Bundles.V01 or Bundles.V02)
        {
            var rest = options.ChainRest ?? [(options.Ca ?? Ca).Intermediate];
            material["x509CertificateChain"] = new JsonObject { ["certificates"] = TrustedEntries.Certificates([signature.Certificate, .. rest]) };
        }
        else
        {
            material["certificate"] = new JsonObject { ["rawBytes"] = Convert.ToBase64String(signature.Certificate) };
        }

        material["tlogEntries"] = Entries(signature, options);
        var stamps = Stamps(signature.Signature, options);
        if (stamps.Length > 0)
        {
            material["timestampVerificationData"] = new JsonObject
            {
                ["rfc3161Timestamps"] = new JsonArray([.. stamps.Select(s => new JsonObject { ["signedTimestamp"] = Convert.ToBase64String(s) })]),
            };
        }

        var bundle = new JsonObject { ["mediaType"] = options.MediaType, ["verificationMaterial"] = material, [contentName] = content };
        options.AlterBundle?.Invoke(bundle);
        return bundle;
    }

    private JsonArray Entries(LoggedSignature signature, MintOptions options)
    {
        var logged = options.AlterLogged?.Invoke(signature) ?? signature;
        return new JsonArray([.. LogsOf(options).Select(log => log.Record(logged, options.Time, options.Log))]);
    }

    private IReadOnlyList<VirtualLog> LogsOf(MintOptions options) => options.Logs ?? options.LogVersion switch
    {
        0 => [],
        1 => [RekorV1],
        _ => [RekorV2],
    };

    private byte[][] Stamps(byte[] stamped, MintOptions options)
    {
        IReadOnlyList<VirtualTsa> authorities = options.Authorities ?? (options.LogVersion == 2 && options.Logs is null ? [Tsa] : []);
        return [.. authorities.Select(authority => authority.Stamp(stamped, options.Time, options.Timestamp))];
    }

    // Only Rekor v1 is written into legacy layers, and only its promise.
    private ImmutableDictionary<string, string> LegacyAnnotations(LoggedSignature signature, byte[] stamped, MintOptions options)
    {
        var annotations = ImmutableDictionary.CreateBuilder<string, string>();
        if (signature.Certificate is not null)
        {
            annotations[CertificateAnnotation] = VirtualSigstoreFiles.Pem([signature.Certificate]);
            annotations[ChainAnnotation] = VirtualSigstoreFiles.Pem(options.ChainRest ?? (options.Ca ?? Ca).Chain);
        }

        if (Entries(signature, options) is [JsonObject entry, ..])
        {
            annotations[BundleAnnotation] = new JsonObject
            {
                ["SignedEntryTimestamp"] = (string?)entry["inclusionPromise"]?["signedEntryTimestamp"],
                ["Payload"] = new JsonObject
                {
                    ["body"] = (string?)entry["canonicalizedBody"],
                    ["integratedTime"] = Number(entry["integratedTime"]),
                    ["logIndex"] = Number(entry["logIndex"]),
                    ["logID"] = Convert.ToHexStringLower(Convert.FromBase64String((string)entry["logId"]!["keyId"]!)),
                },
            }.ToJsonString();
        }

        if (Stamps(stamped, options) is [var stamp, ..])
        {
            annotations[TimestampAnnotation] = new JsonObject { ["SignedRFC3161Timestamp"] = Convert.ToBase64String(stamp) }.ToJsonString();
        }

        return annotations.ToImmutable();
    }

    private static long Number(JsonNode? node) => node is null ? 0 : long.Parse((string)node!, CultureInfo.InvariantCulture);
}
