namespace NodeGate.Webhook.Reviews;

/// <summary>One text that is replaced by another.</summary>
/// <param name="Pointer">Where (RFC 6901).</param>
/// <param name="Text">The new text.</param>
internal sealed record ImageChange(string Pointer, string Text);
