using System.Security.Cryptography;
using NodeGate.Testing.RealParts;

namespace NodeGate.Testing.Sigstore;

/// <summary>The files that describe a private Sigstore to others: the trusted root, and each part by itself as cosign 2 wants it.</summary>
/// <param name="TrustedRoot">trusted_root.json.</param>
/// <param name="Fulcio">The chain of the certificate authority, PEM.</param>
/// <param name="Rekor">The key of Rekor v1, PEM.</param>
/// <param name="CtLog">The key of the certificate transparency log, PEM.</param>
/// <param name="Tsa">The chain of the timestamp authority with its leaf, PEM.</param>
public sealed record VirtualSigstoreFiles(string TrustedRoot, string Fulcio, string Rekor, string CtLog, string Tsa)
{
    /// <summary>The only way to tell cosign 2 about them.</summary>
    public IReadOnlyDictionary<string, string?> CosignEnvironment => new Dictionary<string, string?>
    {
        ["SIGSTORE_ROOT_FILE"] = Fulcio,
        ["SIGSTORE_REKOR_PUBLIC_KEY"] = Rekor,
        ["SIGSTORE_CT_LOG_PUBLIC_KEY_FILE"] = CtLog,
        ["SIGSTORE_TSA_CERTIFICATE_FILE"] = Tsa,
    };

    public static VirtualSigstoreFiles Write(TestFolder folder, VirtualSigstore sigstore) => new(
        folder.Write("trusted_root.json", sigstore.TrustedRoot().ToJsonString()),
        folder.Write("fulcio.pem", Pem(sigstore.Ca.Chain)),
        folder.Write("rekor.pub", sigstore.RekorV1.Key.PublicPem),
        folder.Write("ctfe.pub", sigstore.CtLog.Key.PublicPem),
        folder.Write("tsa.pem", Pem(sigstore.Tsa.Chain)));

    /// <summary>Certificates as PEM, one after another.</summary>
    public static string Pem(IEnumerable<byte[]> certificates) =>
        string.Concat(certificates.Select(certificate => PemEncoding.WriteString("CERTIFICATE", certificate) + "\n"));
}
