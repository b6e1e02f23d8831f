using System.Collections.Immutable;

namespace NodeGate.Policy;

/// <summary>Which rule decides for one image, and why no other.</summary>
/// <param name="Match">What decides: a rule, or the policy's <c>unmatched</c>.</param>
/// <param name="Rules">Every rule: the one that decides, then those that match in order of precedence, then the others by name.</param>
public sealed record PolicyExplanation(RuleMatch Match, ImmutableArray<RuleExplanation> Rules);
