using System.Collections.Immutable;

namespace NodeGate.Verification;

/// <summary>What an authority of identities asks of a signature with a short-lived certificate (policy: <c>keyless</c>).</summary>
public sealed record KeylessRequirement : SignerRequirement
{
    /// <summary>Whom to trust.</summary>
    public required TrustRoot TrustRoot { get; init; }

    /// <summary>The identities; a certificate for any of them will do. With none, nothing verifies.</summary>
    public required ImmutableArray<IdentityRequirement> Identities { get; init; }

    /// <summary>
    /// Values that the certificate's Fulcio extensions must have, by the extension's name in lower camel case (<c>sourceRepositoryUri</c>);
    /// <see cref="CertificateExtensionNames"/> lists them.
    /// </summary>
    public ImmutableDictionary<string, string> Certificate { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How many transparency logs of different operators must have the entry. 0 (policy: <c>requireLog: false</c>): a timestamp alone will do.</summary>
    public int Logs { get; init; } = 1;

    /// <summary>How many different timestamp authorities must have signed the time. 0: a log's signed time will do.</summary>
    public int Timestamps { get; init; }
}
