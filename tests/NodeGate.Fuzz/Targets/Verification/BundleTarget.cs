using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Oci;
using NodeGate.Verification;
using NodeGate.Verification.Sigstore;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>Sigstore bundles of each version, by key and keyless, signatures and attestations. Oracle: <see cref="EvidenceOracle"/>.</summary>
internal sealed class BundleTarget : IFuzzTarget
{
    private static readonly Lazy<EvidenceOracle> Oracle = new(() => new EvidenceOracle("evidence-bundle", bytes => new BundleEvidence(Digest.Of(bytes), bytes), Parts));

    public string Name => "evidence-bundle";

    public IReadOnlyList<Type> Parsers =>
    [
        typeof(SigstoreBundle), typeof(BundleDocument), typeof(KeyMaterial), typeof(LogEntry), typeof(InclusionProof), typeof(SignedTimestamps),
    ];

    public IEnumerable<byte[]> Seeds => [];

    public static IReadOnlyList<string> Verified => Oracle.Value.Verified;

    public string Check(byte[] input) => Oracle.Value.Check(input);

    private static string? Parts(byte[] bundle, bool isKeyless)
    {
        var tree = JsonReference.Read(bundle, VerificationLimits.MaxJsonDepth);
        var material = JsonTree.At(tree, "verificationMaterial");
        var certificate = JsonTree.Text(material, "certificate", "rawBytes") ?? JsonTree.Text(material, "x509CertificateChain", "certificates", 0, "rawBytes");
        var envelope = JsonTree.At(tree, "dsseEnvelope");
        return tree is null ? null : string.Join(
            ' ',
            isKeyless ? certificate : "key",
            JsonTree.Text(tree, "messageSignature", "signature"),
            JsonTree.Text(envelope, "payloadType"),
            JsonTree.Text(envelope, "payload"),
            JsonTree.Text(envelope, "signatures", 0, "sig"));
    }
}
