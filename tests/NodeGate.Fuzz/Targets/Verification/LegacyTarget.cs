using System.Collections.Immutable;
using System.Security.Cryptography;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification;
using NodeGate.Verification.Cosign;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Timestamps;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>
/// Layers of <c>.sig</c> and <c>.att</c> images, by key and keyless: an input is JSON with the layer, its media type and its annotations.
/// Oracle: <see cref="EvidenceOracle"/>.
/// </summary>
internal sealed class LegacyTarget : IFuzzTarget
{
    private static readonly Lazy<EvidenceOracle> Oracle = new(() => new EvidenceOracle("evidence-legacy", Read, Parts));

    public string Name => "evidence-legacy";

    public IReadOnlyList<Type> Parsers => [typeof(LegacySignatureText), typeof(LegacyMaterial), typeof(LegacyLogEntry), typeof(LegacyTimestamp)];

    public IEnumerable<byte[]> Seeds => [];

    public static IReadOnlyList<string> Verified => Oracle.Value.Verified;

    public string Check(byte[] input) => Oracle.Value.Check(input);

    private static Evidence? Read(byte[] input)
    {
        if (Layer(input) is not var (tree, layer) || JsonTree.Text(tree, "mediaType") is not { } mediaType)
        {
            return null;
        }

        var annotations = (JsonTree.At(tree, "annotations") as Dictionary<string, object>)?.Where(a => a.Value is string)
            .ToImmutableDictionary(a => a.Key, a => (string)a.Value, StringComparer.Ordinal) ?? [];
        return mediaType == MediaTypes.DsseEnvelope
            ? new CosignAttestationEvidence(Digest.Of(layer), mediaType, layer, annotations)
            : new CosignSignatureEvidence(Digest.Of(layer), mediaType, layer, annotations);
    }

    private static string? Parts(byte[] input, bool isKeyless)
    {
        if (Layer(input) is not var (tree, layer))
        {
            return null;
        }

        // To who trusts a key, a certificate beside its signature says nothing.
        var pem = JsonTree.Text(tree, "annotations", VirtualSigstore.CertificateAnnotation);
        var certificate = isKeyless && pem is not null && PemEncoding.TryFind(pem, out var fields) ? string.Concat(pem[fields.Base64Data].Where(c => !char.IsWhiteSpace(c))) : "key";
        // An attestation's signature is in the layer.
        var signature = JsonTree.Text(tree, "mediaType") == MediaTypes.DsseEnvelope ? "inside" : JsonTree.Text(tree, "annotations", LegacySignature.SignatureAnnotation);
        return $"{certificate} {Convert.ToBase64String(layer)} {signature}";
    }

    private static (object Tree, byte[] Layer)? Layer(byte[] input)
    {
        var tree = JsonReference.Read(input, VerificationLimits.MaxJsonDepth);
        var text = JsonTree.Text(tree, "layer");
        var buffer = new byte[text?.Length ?? 0];
        return text is not null && Convert.TryFromBase64String(text, buffer, out var length) ? (tree!, buffer[..length]) : null;
    }
}
