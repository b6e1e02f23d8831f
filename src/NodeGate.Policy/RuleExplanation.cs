namespace NodeGate.Policy;

/// <summary>Why one rule decides, or does not.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Position">Where it is written.</param>
/// <param name="Standing">How it stands to the image.</param>
/// <param name="Pattern">Its most exact pattern that matches; null where none does.</param>
/// <param name="Because">One sentence for people.</param>
public sealed record RuleExplanation(string Rule, PolicyPosition Position, RuleStanding Standing, string? Pattern, string Because);
