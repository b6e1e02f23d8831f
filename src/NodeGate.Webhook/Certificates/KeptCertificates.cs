using System.Collections.Immutable;

namespace NodeGate.Webhook.Certificates;

/// <summary>What came of one pass of <see cref="CertificateKeeper"/>.</summary>
public sealed record KeptCertificates
{
    internal KeptCertificates(CertificatePair? pair, params ImmutableArray<string> problems)
    {
        Pair = pair;
        Problems = problems;
    }

    /// <summary>One sentence each, with the fix, for what is not as it should be; none where all is.</summary>
    public ImmutableArray<string> Problems { get; }

    /// <summary>When the server's certificate ends; null where there is none.</summary>
    public DateTimeOffset? Expires => Pair?.Expires;

    /// <summary>The server's certificate with its key; null where there is none.</summary>
    internal CertificatePair? Pair { get; }
}
