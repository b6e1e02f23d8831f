namespace NodeGate.Webhook.Serving;

/// <summary>The answer to a request to judge.</summary>
/// <param name="Json">The body.</param>
/// <param name="Outcome">What it says.</param>
internal sealed record ReviewReply(ReadOnlyMemory<byte> Json, ReviewOutcome Outcome);
