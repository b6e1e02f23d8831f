namespace NodeGate.Oci;

/// <summary>
/// A document is beyond one of <see cref="OciLimits"/>. It is a <see cref="FormatException"/>, so that whoever refuses malformed documents
/// refuses this one too; whoever tells them apart answers <see cref="ContentFailure.LimitExceeded"/> instead of <see cref="ContentFailure.Corrupt"/>.
/// </summary>
public sealed class OciLimitException : FormatException
{
    /// <summary>Creates the exception. <paramref name="message"/> names the place, what was found and the limit.</summary>
    public OciLimitException(string message)
        : base(message)
    {
    }
}
