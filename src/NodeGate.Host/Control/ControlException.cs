using NodeGate.Oci;

namespace NodeGate.Host.Control;

/// <summary>The daemon could not be asked; the message says why and what to do.</summary>
internal sealed class ControlException(string message, bool isDaemonAway = false, Exception? innerException = null)
    : NodeGateException(DecisionReason.InternalError, message, innerException)
{
    /// <summary>True where no daemon runs, as against one that cannot be asked.</summary>
    internal bool IsDaemonAway { get; } = isDaemonAway;
}
