using System.Security.Cryptography;

namespace NodeGate.Verification.Keys;

/// <summary>
/// How something whose format names its algorithm is signed: certificates and SCTs, where the name is under the signature. Signatures of images name
/// none: there the key alone chooses.
/// </summary>
/// <param name="Kind">The family; the key must be of it.</param>
/// <param name="Hash">The hash; not used by Ed25519.</param>
internal sealed record SignatureScheme(SignatureKind Kind, HashAlgorithmName Hash)
{
    public override string ToString() => Kind == SignatureKind.Ed25519 ? "Ed25519" : $"{Kind} with {Hash}";
}
