using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Sigstore;

/// <summary>What a bundle says about its signer (VerificationMaterial.content): the hint of a key, or certificates. Neither is believed.</summary>
/// <param name="KeyHint">The hint, empty where there is none; null where the bundle has certificates.</param>
/// <param name="Certificates">The certificates in DER, leaf first; empty where the bundle names a key.</param>
internal sealed record KeyMaterial(string? KeyHint, ImmutableArray<byte[]> Certificates)
{
    /// <exception cref="EvidenceFormatException">It breaks a rule of the bundle's version.</exception>
    public static KeyMaterial Read(StrictNode material, BundleVersion version)
    {
        // check: material-members
        material.Only("publicKey", "x509CertificateChain", "certificate", "tlogEntries", "timestampVerificationData");
        var key = material.Optional("publicKey");
        var chain = material.Optional("x509CertificateChain");
        var certificate = material.Optional("certificate");
        // check: material-one-signer
        if ((key is null ? 0 : 1) + (chain is null ? 0 : 1) + (certificate is null ? 0 : 1) != 1)
        {
            throw material.Wrong("has not exactly one of 'publicKey', 'x509CertificateChain' and 'certificate'");
        }

        return chain is { } c ? new KeyMaterial(null, ReadChain(c, version))
            : certificate is { } single ? new KeyMaterial(null, [ReadCertificate(single)])
            : new KeyMaterial(ReadHint(key!.Value), []);
    }

    /// <summary>Step <c>keyMaterial</c>: what signed is what the authority names, keys or identities.</summary>
    public Finding<bool> Check(SignerRequirement requirement)
    {
        // A certificate's key might even be one of ours; who held it when it signed would then be unchecked.
        // check: material-key
        if (requirement is KeyRequirement && KeyHint is null)
        {
            return Finding.Fail<bool>(
                DecisionReason.NoSignature, "the bundle is signed with a certificate (keyless), and this authority names keys; it needs an authority of kind keyless");
        }

        // check: material-certificate
        if (requirement is KeylessRequirement && KeyHint is not null)
        {
            return Finding.Fail<bool>(
                DecisionReason.NoSignature, "the bundle is signed with a key, and this authority names identities; it needs an authority of kind cosign");
        }

        return Finding.Pass(true, KeyHint is null ? $"{Certificates.Length} certificates"
            : KeyHint.Length == 0 ? "public key without a hint"
            : $"public key with the hint {Shown.Text(KeyHint)}");
    }

    private static string ReadHint(StrictNode key)
    {
        // check: material-key-members
        key.Only("hint");
        return key.Optional("hint")?.Text() ?? string.Empty;
    }

    private static ImmutableArray<byte[]> ReadChain(StrictNode node, BundleVersion version)
    {
        // check: material-chain-version
        if (version == BundleVersion.V03)
        {
            throw node.Wrong("is not allowed in version 0.3, which has a single 'certificate'");
        }

        node.Only("certificates");
        var certificates = node.Required("certificates").Items(VerificationLimits.MaxCertificates);
        // check: material-chain-empty
        if (certificates.IsEmpty)
        {
            throw node.Wrong("is empty");
        }

        return [.. certificates.Select(ReadCertificate)];
    }

    private static byte[] ReadCertificate(StrictNode certificate)
    {
        certificate.Only("rawBytes");
        return certificate.Required("rawBytes").Bytes(VerificationLimits.MaxCertificateBytes);
    }
}
