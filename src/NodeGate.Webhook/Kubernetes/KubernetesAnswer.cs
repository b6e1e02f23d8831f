using System.Text.Json;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>The API server's answer to one question.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Document">The object; there exactly where it is <see cref="KubernetesOutcome.Done"/>.</param>
/// <param name="Problem">What was asked and what came, without anything of an object; empty where it is done.</param>
internal sealed record KubernetesAnswer(KubernetesOutcome Outcome, JsonDocument? Document, string Problem) : IDisposable
{
    public void Dispose() => Document?.Dispose();
}
