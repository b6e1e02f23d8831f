using System.Collections.Immutable;

namespace NodeGate.Policy;

/// <summary>Which rule or exception decides for one image, and why no other.</summary>
/// <param name="Match">What decides: a rule, an exception, or the policy's <c>unmatched</c>.</param>
/// <param name="Exceptions">Every exception: the one that decides, then those that cover the image, then the others by name.</param>
/// <param name="Rules">Every rule: the one that decides or would, then those that match in order of precedence, then the others by name.</param>
public sealed record PolicyExplanation(RuleMatch Match, ImmutableArray<RuleExplanation> Exceptions, ImmutableArray<RuleExplanation> Rules);
