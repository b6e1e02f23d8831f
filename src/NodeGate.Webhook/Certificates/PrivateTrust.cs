using System.Security.Cryptography.X509Certificates;

namespace NodeGate.Webhook.Certificates;

/// <summary>Trust in the given authorities and in no others: nothing of the system's, and nothing fetched from where a certificate says.</summary>
internal static class PrivateTrust
{
    /// <summary>The policy of a chain that has to end in one of <paramref name="authorities"/>.</summary>
    internal static X509ChainPolicy In(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
