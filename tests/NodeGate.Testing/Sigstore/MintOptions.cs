using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What differs in a piece of evidence. The default is what cosign 3 makes today: bundle v0.3, Rekor v1 with promise and proof.</summary>
public sealed record MintOptions
{
    public static MintOptions Default { get; } = new();

    /// <summary>Rekor v2 with a timestamp.</summary>
    public static MintOptions RekorV2 { get; } = new() { LogVersion = 2 };

    /// <summary>Bundle v0.1: a certificate chain and an entry with its promise only.</summary>
    public static MintOptions V01 { get; } = new() { MediaType = Bundles.V01, Log = LogOptions.Default with { Proof = false } };

    /// <summary>Bundle v0.2: a certificate chain, an entry with proof.</summary>
    public static MintOptions V02 { get; } = new() { MediaType = Bundles.V02 };

    public string MediaType { get; init; } = Bundles.V03;

    /// <summary>When it was signed: the certificate starts, the logs took it in, the authorities stamped it.</summary>
    public DateTimeOffset Time { get; init; } = VirtualSigstore.SigningTime;

    /// <summary>The signer's key; null: one that all tests share.</summary>
    public SigningKey? Key { get; init; }

    /// <summary>A managed key instead of a certificate: the bundle has its hint.</summary>
    public SigningKey? ManagedKey { get; init; }

    /// <summary>Signs instead of the certified or managed key.</summary>
    public SigningKey? SignWith { get; init; }

    /// <summary>Changes the signature before logs and authorities see it: only the signature itself is wrong.</summary>
    public Func<byte[], byte[]>? AlterSignature { get; init; }

    /// <summary>What is signed instead of what the bundle says.</summary>
    public byte[]? SignedMessage { get; init; }

    /// <summary>The subject alternative names (<see cref="GeneralName"/>).</summary>
    public IReadOnlyList<byte[]> Names { get; init; } = [GeneralName.Uri(VirtualSigstore.Subject)];

    public string OidcIssuer { get; init; } = VirtualSigstore.OidcIssuer;

    /// <summary>Issues instead of the trusted authority.</summary>
    public VirtualCa? Ca { get; init; }

    /// <summary>Changes the leaf before the log promises it and the authority signs it.</summary>
    public Func<CertificateTemplate, CertificateTemplate>? Leaf { get; init; }

    public SctOptions Sct { get; init; } = SctOptions.Default;

    /// <summary>The certificates of a v0.1 or v0.2 bundle after the leaf; null: the intermediate.</summary>
    public IReadOnlyList<byte[]>? ChainRest { get; init; }

    /// <summary>1 or 2, or 0 for no log.</summary>
    public int LogVersion { get; init; } = 1;

    /// <summary>The logs, if not the one that <see cref="LogVersion"/> says.</summary>
    public IReadOnlyList<VirtualLog>? Logs { get; init; }

    public LogOptions Log { get; init; } = LogOptions.Default;

    /// <summary>Changes what the log is told.</summary>
    public Func<LoggedSignature, LoggedSignature>? AlterLogged { get; init; }

    /// <summary>Null: one of the usual authority where the log is Rekor v2 (it knows no time), else none.</summary>
    public IReadOnlyList<VirtualTsa>? Authorities { get; init; }

    public TimestampOptions Timestamp { get; init; } = TimestampOptions.Default;

    /// <summary>Changes the finished bundle.</summary>
    public Action<JsonObject>? AlterBundle { get; init; }
}
