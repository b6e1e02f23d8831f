using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What differs in a certificate authority.</summary>
public sealed record VirtualCaOptions
{
    public static readonly DateTimeOffset DefaultNotBefore = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset DefaultNotAfter = new(2049, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>The root's key; P-384, as the public one.</summary>
    public SigningKey? RootKey { get; init; }

    /// <summary>The key that the intermediate's certificate has.</summary>
    public SigningKey? IntermediateKey { get; init; }

    /// <summary>Signs the intermediate instead of the root, under the root's name.</summary>
    public SigningKey? IntermediateSigner { get; init; }

    /// <summary>Signs the leaves instead of the intermediate, under the intermediate's name.</summary>
    public SigningKey? LeafSigner { get; init; }

    public DateTimeOffset NotBefore { get; init; } = DefaultNotBefore;

    public DateTimeOffset NotAfter { get; init; } = DefaultNotAfter;

    public Func<CertificateTemplate, CertificateTemplate>? AlterRoot { get; init; }

    public Func<CertificateTemplate, CertificateTemplate>? AlterIntermediate { get; init; }
}
