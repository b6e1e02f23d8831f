using NodeGate.Oci;

namespace NodeGate.CriProxy.Wire.Listening;

/// <summary>The socket cannot be listened on; the message says which, why, and what to do.</summary>
internal sealed class ListenException(string message, Exception? innerException = null)
    : NodeGateException(DecisionReason.InternalError, message, innerException);
