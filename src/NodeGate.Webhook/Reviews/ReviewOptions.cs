using System.Collections.Immutable;

namespace NodeGate.Webhook.Reviews;

/// <summary>How reviews are answered: the keys <c>webhook.pin</c> and <c>webhook.resources</c>.</summary>
internal sealed record ReviewOptions
{
    /// <summary>Where tags are replaced.</summary>
    internal PinMode Pin { get; init; } = PinMode.Pods;

    /// <summary>Kinds beyond those that are built in.</summary>
    internal ImmutableArray<ResourceImages> Resources { get; init; } = [];
}
