namespace NodeGate.Policy.Importing;

/// <summary>The systems whose policies can be imported.</summary>
public enum ImportSource
{
    /// <summary>ClusterImagePolicy of Sigstore's policy-controller.</summary>
    ClusterImagePolicy = 0,

    /// <summary>Kyverno: <c>verifyImages</c> of ClusterPolicy and Policy, and ImageValidatingPolicy.</summary>
    Kyverno = 1,

    /// <summary>Connaisseur's Helm values.</summary>
    Connaisseur = 2,

    /// <summary>A trust policy of the Notary Project, <c>trustpolicy.json</c>.</summary>
    NotationTrustPolicy = 3,

    /// <summary>containers-policy.json(5), which CRI-O and Podman read.</summary>
    ContainersPolicy = 4,

    /// <summary>ImagePolicy and ClusterImagePolicy of Portieris.</summary>
    Portieris = 5,
}
