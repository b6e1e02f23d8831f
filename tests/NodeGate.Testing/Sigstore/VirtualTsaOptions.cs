using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What differs in a timestamp authority.</summary>
public sealed record VirtualTsaOptions
{
    /// <summary>The signing certificate's key; P-384 with SHA-256, as the public one.</summary>
    public SigningKey? LeafKey { get; init; }

    /// <summary>The root's key.</summary>
    public SigningKey? RootKey { get; init; }

    /// <summary>Signs the leaf instead of the root, under the root's name.</summary>
    public SigningKey? LeafSigner { get; init; }

    public DateTimeOffset NotBefore { get; init; } = VirtualCaOptions.DefaultNotBefore;

    public DateTimeOffset NotAfter { get; init; } = VirtualCaOptions.DefaultNotAfter;

    public Func<CertificateTemplate, CertificateTemplate>? AlterLeaf { get; init; }

    public Func<CertificateTemplate, CertificateTemplate>? AlterRoot { get; init; }

    /// <summary>An authority between leaf and root.</summary>
    public bool Intermediate { get; init; }

    public Func<CertificateTemplate, CertificateTemplate>? AlterIntermediate { get; init; }

    public string Uri { get; init; } = "https://timestamp.virtual.test";
}
