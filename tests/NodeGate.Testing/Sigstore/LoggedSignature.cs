using System.Security.Cryptography;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What a log or a timestamp authority is told about a signature.</summary>
public sealed record LoggedSignature
{
    /// <summary>The signature's raw bytes.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>What was signed: the artifact, or the pre-authentication encoding of an envelope.</summary>
    public required byte[] Message { get; init; }

    /// <summary>The key that verifies it.</summary>
    public required SigningKey Key { get; init; }

    /// <summary>The certificate of that key, unless it is a managed one.</summary>
    public byte[]? Certificate { get; init; }

    /// <summary>The payload of the envelope; null for a message signature.</summary>
    public byte[]? Payload { get; init; }

    public string PayloadType { get; init; } = Bundles.InToto;

    /// <summary>What Rekor v1 calls the verifier: the certificate or the key as PEM.</summary>
    internal byte[] VerifierPem => System.Text.Encoding.ASCII.GetBytes(
        Certificate is null ? Key.PublicPem : PemEncoding.WriteString("CERTIFICATE", Certificate) + "\n");
}
