using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What differs in the SCT list of a certificate. Everything left out is as it should be.</summary>
public sealed record SctOptions
{
    public static SctOptions Default { get; } = new();

    /// <summary>No SCT extension at all.</summary>
    public bool Missing { get; init; }

    /// <summary>A list without elements.</summary>
    public bool Empty { get; init; }

    /// <summary>The logs that gave one, if not the usual one.</summary>
    public IReadOnlyList<VirtualCtLog>? Logs { get; init; }

    /// <summary>Signed with this key, but under the log's identity.</summary>
    public SigningKey? SigningKey { get; init; }

    /// <summary>The issuer whose key the log signed, if not the one that issued.</summary>
    public SigningKey? Issuer { get; init; }

    /// <summary>What the log signed instead of the certificate's own bytes.</summary>
    public Func<byte[], byte[]>? AlterTbs { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public byte Version { get; init; }

    /// <summary>Extensions inside the SCT; static CT logs have them.</summary>
    public byte[] Extensions { get; init; } = [];

    /// <summary>4 is SHA-256.</summary>
    public byte HashAlgorithm { get; init; } = 4;

    /// <summary>3 is ECDSA, 1 RSA; null: the key's own.</summary>
    public byte? SignatureAlgorithm { get; init; }

    /// <summary>Changes the SCT after signing.</summary>
    public Func<byte[], byte[]>? AlterSct { get; init; }

    /// <summary>Changes the TLS list, as it lies in the inner OCTET STRING.</summary>
    public Func<byte[], byte[]>? AlterList { get; init; }

    /// <summary>Changes the extension's value: the inner OCTET STRING with its header.</summary>
    public Func<byte[], byte[]>? AlterExtension { get; init; }
}
