namespace NodeGate.Verification.Certificates;

/// <summary>An extension of a certificate (RFC 5280 section 4.2).</summary>
/// <param name="Oid">Its object identifier.</param>
/// <param name="IsCritical">Whether a verifier that does not know it must refuse the certificate.</param>
/// <param name="Value">The content of extnValue.</param>
internal sealed record CertificateExtension(string Oid, bool IsCritical, ReadOnlyMemory<byte> Value);
