using System.Collections.Immutable;
using NodeGate.Policy;

namespace NodeGate.Webhook.Reviews;

/// <summary>One distinct image of a review with its decision.</summary>
/// <param name="Place">Where it stands first.</param>
/// <param name="Count">At how many places it stands.</param>
/// <param name="Decision">The gate's decision.</param>
internal sealed record JudgedImage(ImagePlace Place, int Count, Decision Decision)
{
    /// <summary>What takes its place; null: it stays.</summary>
    internal string? Pinned { get; init; }

    /// <summary>Why it stays although it could be pinned: the refusal of what would take its place.</summary>
    internal Decision? PinRefused { get; init; }

    /// <summary>What went wrong with its credentials, where that may be why it is refused.</summary>
    internal ImmutableArray<string> Problems { get; init; } = [];
}
