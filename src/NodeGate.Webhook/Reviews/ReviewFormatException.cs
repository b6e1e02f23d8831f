namespace NodeGate.Webhook.Reviews;

/// <summary>The bytes are no review that could be answered: HTTP 400. The message says what was found, what was expected and where.</summary>
internal sealed class ReviewFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
