namespace NodeGate.Policy;

/// <summary>The trust roots that a policy can name without having them among its <c>trustRoots</c>.</summary>
public static class BuiltInTrustRoots
{
    /// <summary>Sigstore's public instance.</summary>
    public const string PublicGood = "public-good";
}
