using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>The two calls of an API server.</summary>
internal static class Asking
{
    internal static async Task<Answer> MutateAsync(this WebhookProcess webhook, Review review) =>
        Answer.From(await webhook.PostAsync("/mutate?timeout=10s", review.ToJson()));

    internal static async Task<Answer> ValidateAsync(this WebhookProcess webhook, Review review) =>
        Answer.From(await webhook.PostAsync("/validate?timeout=10s", review.ToJson()));
}
