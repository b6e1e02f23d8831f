using NodeGate.Verification.Certificates;
using NodeGate.Verification.Signers;

namespace NodeGate.Verification.Logs;

/// <summary>
/// What a log entry has to be about: this signature, by this signer, of this content. Any other entry proves nothing (CVE-2022-23649,
/// CVE-2026-22703).
/// </summary>
/// <param name="Content">The signature and what is under it.</param>
/// <param name="Key">The signer's key; the certificate's where there is one.</param>
/// <param name="Certificate">The signer's certificate, or null where a key signed.</param>
/// <param name="LegacyLayer">The blob of a legacy layer, which is a payload or a whole DSSE envelope; null for a bundle.</param>
internal sealed record LoggedSignature(SignedContent Content, PublicKey Key, Certificate? Certificate, ReadOnlyMemory<byte>? LegacyLayer);
