namespace NodeGate.Oci;

/// <summary>Content could not be had from a registry. See <see cref="Failure"/> for what that means for a decision.</summary>
public sealed class ContentException : NodeGateException
{
    /// <summary>Creates the exception. <paramref name="message"/> names host, what was asked for and the fix; never a credential.</summary>
    public ContentException(ContentFailure failure, string message, Exception? innerException = null)
        : base(ReasonOf(failure), message, innerException)
    {
        Failure = failure;
    }

    /// <summary>What went wrong.</summary>
    public ContentFailure Failure { get; }

    private static DecisionReason ReasonOf(ContentFailure failure) => failure switch
    {
        ContentFailure.Unavailable => DecisionReason.RegistryUnavailable,
        ContentFailure.NotFound => DecisionReason.ImageNotFound,
        ContentFailure.Unauthorized => DecisionReason.Unauthorized,
        ContentFailure.LimitExceeded => DecisionReason.LimitExceeded,
        // A registry that serves other bytes than it was asked for cannot be judged by; it is not a bad signature.
        ContentFailure.Corrupt => DecisionReason.RegistryUnavailable,
        ContentFailure.TimedOut => DecisionReason.TimedOut,
        _ => DecisionReason.InternalError,
    };
}
