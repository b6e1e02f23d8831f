namespace NodeGate.Testing.RealParts;

/// <summary>The files that another implementation is given to verify a bundle, and whom it shall expect.</summary>
/// <param name="TrustedRoot">trusted_root.json.</param>
/// <param name="Bundle">The bundle.</param>
/// <param name="Artifact">What it is about.</param>
/// <param name="Identity">The subject alternative name.</param>
/// <param name="Issuer">Who vouched for it.</param>
/// <param name="KeyFile">Instead of an identity: a managed key, as PEM.</param>
public sealed record BundleCheck(string TrustedRoot, string Bundle, string Artifact, string Identity, string Issuer, string? KeyFile = null);
