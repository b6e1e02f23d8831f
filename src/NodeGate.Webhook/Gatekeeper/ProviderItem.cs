namespace NodeGate.Webhook.Gatekeeper;

/// <summary>The answer about one key: either a value or an error.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The image, admitted; null where it is not.</param>
/// <param name="Error">Why not; null where it is admitted.</param>
internal sealed record ProviderItem(string Key, string? Value, string? Error);
