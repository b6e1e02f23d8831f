namespace NodeGate.Verification;

/// <summary>Who may have signed: the issuer that vouched for the signer, and the certificate's one subject alternative name. Both are required.</summary>
/// <param name="Issuer">The OIDC issuer.</param>
/// <param name="Subject">The subject: an email address, a URI or a user name.</param>
public sealed record IdentityRequirement(TextPattern Issuer, TextPattern Subject);
