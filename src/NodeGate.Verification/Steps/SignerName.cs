namespace NodeGate.Verification.Steps;

/// <summary>Who made a signature that verified: for people, and as what thresholds count.</summary>
internal readonly record struct SignerName(string Text, string Id)
{
    public static SignerName Of(PublicKey key) => new($"key {key.Fingerprint}", $"key:{key.Fingerprint}");

    /// <summary>A space cannot be part of an issuer that was matched as a URL, so that no two identities have one text.</summary>
    public static SignerName Of(string issuer, string subject) => new($"{subject} ({issuer})", $"identity:{issuer} {subject}");
}
