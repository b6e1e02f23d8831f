using NodeGate.Oci;

namespace NodeGate.Registry.Http;

/// <summary>
/// One host failed. The text says what it did, without its name, times, addresses or anything that depends on the caller's credentials:
/// the kubelet shows it, and the same failure must give the same bytes.
/// </summary>
internal sealed class HostException(ContentFailure failure, string message, Exception? innerException = null) : Exception(message, innerException)
{
    internal ContentFailure Failure { get; } = failure;

    internal bool IsRetryable { get; init; }

    /// <summary>The host's own Retry-After.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>No connection could be made: within this pull the host need not be tried again.</summary>
    internal bool IsUnreachable { get; init; }

    /// <summary>The other side answered the TLS handshake with something that is not TLS.</summary>
    internal bool SpeaksNoTls { get; init; }

    /// <summary>The same fault at another server than the host itself: it says nothing about whether the host can be reached or speaks TLS.</summary>
    internal HostException Elsewhere(string where, bool isRetryable = true) =>
        new(Failure, $"{where}: {Message}", this) { IsRetryable = IsRetryable && isRetryable, RetryAfter = RetryAfter };
}
