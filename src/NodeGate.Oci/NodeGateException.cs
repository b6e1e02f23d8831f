namespace NodeGate.Oci;

/// <summary>
/// The environment is broken in a way that has a name. Caught once, at the edge, and answered as Undetermined with <see cref="Reason"/>;
/// never thrown for an expected outcome such as a bad signature.
/// </summary>
public class NodeGateException : Exception
{
    /// <summary>Creates the exception. <paramref name="message"/> says what was found, what was expected and where; never a secret.</summary>
    public NodeGateException(DecisionReason reason, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
    }

    /// <summary>The stable reason for the answer.</summary>
    public DecisionReason Reason { get; }
}
