namespace NodeGate.Webhook.Reviews;

/// <summary>A place that names an image.</summary>
/// <param name="Path">Where.</param>
/// <param name="Text">The reference as it is written there; never empty.</param>
/// <param name="Account">Whose credentials it is pulled with.</param>
internal sealed record ImagePlace(PlacePath Path, string Text, PodAccount Account);
