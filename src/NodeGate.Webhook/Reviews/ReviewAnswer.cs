using System.Collections.Immutable;

namespace NodeGate.Webhook.Reviews;

/// <summary>The answer to a review. A refusal changes nothing.</summary>
internal sealed record ReviewAnswer
{
    private ReviewAnswer(string uid) => Uid = uid;

    /// <summary>That of the question.</summary>
    internal string Uid { get; }

    /// <summary>Why not; null: the object is taken.</summary>
    internal ReviewRefusal? Refusal { get; private init; }

    /// <summary>What the author is told although the object is taken.</summary>
    internal ImmutableArray<string> Warnings { get; private init; } = [];

    /// <summary>What is replaced.</summary>
    internal ImmutableArray<ImageChange> Changes { get; private init; } = [];

    /// <summary>The object is taken, with these changes.</summary>
    internal static ReviewAnswer Allow(string uid, ImmutableArray<ImageChange> changes = default, ImmutableArray<string> warnings = default) =>
        new(uid) { Changes = changes.IsDefault ? [] : changes, Warnings = warnings.IsDefault ? [] : warnings };

    /// <summary>The object is not taken.</summary>
    internal static ReviewAnswer Refuse(string uid, ReviewRefusal refusal) => new(uid) { Refusal = refusal };
}
