namespace NodeGate.Webhook.Reviews;

/// <summary>A place at which there is something that cannot be read as an image, or as the way to one.</summary>
/// <param name="Path">Where.</param>
/// <param name="Problem">What was found, and what was expected.</param>
internal sealed record PlaceFault(PlacePath Path, string Problem);
