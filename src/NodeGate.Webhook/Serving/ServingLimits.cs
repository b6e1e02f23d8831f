using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace NodeGate.Webhook.Serving;

/// <summary>The bounds of sockets and requests, beside <see cref="WebhookLimits"/>. API servers are near and quick; nobody else needs much.</summary>
internal static class ServingLimits
{
    /// <summary>Requests at the same time on one HTTP/2 connection.</summary>
    internal const int StreamsPerConnection = 100;

    /// <summary>
    /// Bytes that a connection may send before they are read, for HTTP/2 as a window, which RFC 9113 section 6.9.2 lets begin no smaller: of all
    /// connections together 32 MiB.
    /// </summary>
    internal const int UnreadBytes = 64 * 1024;

    /// <summary>Longest request line, in bytes.</summary>
    internal const int RequestLineBytes = 2048;

    /// <summary>All headers of a request together, in bytes.</summary>
    internal const int HeaderBytes = 16 * 1024;

    /// <summary>Most headers of a request.</summary>
    internal const int Headers = 64;

    /// <summary>Longest duration in a query, in characters.</summary>
    internal const int DurationLength = 32;

    /// <summary>How long a TLS handshake may take, and after it the headers of a request.</summary>
    internal static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be idle. Go's client, which API servers use, gives one up after 90 seconds.</summary>
    internal static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(120);

    /// <summary>What is left of the API server's time for the way back.</summary>
    internal static readonly TimeSpan AnswerMargin = TimeSpan.FromMilliseconds(500);

    /// <summary>How much later than its deadline a review may come before it is refused without it: half of the margin.</summary>
    internal static readonly TimeSpan LateMargin = AnswerMargin / 2;

    /// <summary>Slowest sender and reader: a client that trickles would hold the bytes that it announced.</summary>
    internal static MinDataRate DataRate => new(bytesPerSecond: 32 * 1024, gracePeriod: TimeSpan.FromSeconds(2));
}
