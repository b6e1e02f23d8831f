using System.Security.Cryptography;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What differs in a timestamp.</summary>
public sealed record TimestampOptions
{
    public static TimestampOptions Default { get; } = new();

    /// <summary>When the authority says it was.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>PKIStatus: 0 granted, 1 granted with modifications, 2 rejection.</summary>
    public int Status { get; init; }

    /// <summary>The hash of the imprint.</summary>
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>What the imprint is of, if not the signature.</summary>
    public byte[]? ImprintOf { get; init; }

    /// <summary>The imprint itself, if it is no hash of anything.</summary>
    public byte[]? Imprint { get; init; }

    /// <summary>Whether the authority's certificate lies in the timestamp.</summary>
    public bool EmbedCertificate { get; init; } = true;

    /// <summary>The certificates that lie in it instead.</summary>
    public IReadOnlyList<byte[]>? Certificates { get; init; }

    /// <summary>Signs instead of the authority's key.</summary>
    public SigningKey? SigningKey { get; init; }

    /// <summary>The certificate that the signer information names and binds, if not the authority's.</summary>
    public byte[]? SignerCertificate { get; init; }

    /// <summary>The certificate that the signing-certificate attribute binds, if not the signer's.</summary>
    public byte[]? BoundCertificate { get; init; }

    /// <summary>Changes TSTInfo before it is signed.</summary>
    public Func<byte[], byte[]>? AlterInfo { get; init; }

    /// <summary>Changes TSTInfo after it was signed: the message digest no longer fits.</summary>
    public Func<byte[], byte[]>? AlterSignedInfo { get; init; }

    /// <summary>The type of what was signed, in both places.</summary>
    public string ContentType { get; init; } = Oids.TstInfo;

    /// <summary>Leaves out a signed attribute, by its identifier.</summary>
    public string? WithoutAttribute { get; init; }

    /// <summary>One more signed attribute, with the value in DER.</summary>
    public (string Oid, byte[] Value)? ExtraAttribute { get; init; }

    public Func<byte[], byte[]>? AlterSignature { get; init; }

    /// <summary>How often the signer information is there.</summary>
    public int Signers { get; init; } = 1;
}
