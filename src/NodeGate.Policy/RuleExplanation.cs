namespace NodeGate.Policy;

/// <summary>Why one rule or exception decides, or does not.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Position">Where it is written.</param>
/// <param name="Mode">The rule's mode; null for an exception, which has none.</param>
/// <param name="Standing">How it stands to the image.</param>
/// <param name="Pattern">Its most exact pattern that matches; null where none does.</param>
/// <param name="Because">One sentence for people.</param>
public sealed record RuleExplanation(string Rule, PolicyPosition Position, PolicyMode? Mode, RuleStanding Standing, string? Pattern, string Because);
