using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy;

/// <summary>A validated policy. Immutable and safe for concurrent use; made by <c>PolicyLoader</c>.</summary>
public sealed class PolicyModel
{
    private static readonly RuleAction UnmatchedDeny = new RuleAction.Deny("no rule of the policy matches");
    private static readonly RuleAction UnmatchedAllow = new RuleAction.Allow("no rule of the policy matches, and unmatched images are allowed");

    internal PolicyModel(
        string name,
        PolicyMode mode,
        UnmatchedAction unmatched,
        ImmutableArray<NamedTrustRoot> trustRoots,
        ImmutableArray<Authority> authorities,
        ImmutableArray<PolicyRule> rules)
    {
        Name = name;
        Mode = mode;
        Unmatched = unmatched;
        TrustRoots = trustRoots;
        Authorities = authorities;
        Rules = rules;
        TrustRevision = PolicyRevision.OfTrust(authorities);
        Revision = PolicyRevision.Of(this);
    }

    /// <summary>The names of the documents, sorted and joined by <c>, </c>.</summary>
    public string Name { get; }

    /// <summary>
    /// Changes whenever a decision could; the same for the same policy however its files are named, ordered, indented or commented.
    /// </summary>
    public string Revision { get; }

    /// <summary>Changes whenever a key or a trust root that an authority uses does.</summary>
    public string TrustRevision { get; }

    /// <summary>The mode of images that no rule matches: audit only where every document is in audit mode.</summary>
    public PolicyMode Mode { get; }

    /// <summary>What becomes of an image that no rule matches.</summary>
    public UnmatchedAction Unmatched { get; }

    /// <summary>The trust roots of all documents and the built-in ones that authorities name, by name.</summary>
    public ImmutableArray<NamedTrustRoot> TrustRoots { get; }

    /// <summary>The authorities of all documents, by name.</summary>
    public ImmutableArray<Authority> Authorities { get; }

    /// <summary>The rules of all documents, by name.</summary>
    public ImmutableArray<PolicyRule> Rules { get; }

    /// <summary>
    /// The one rule that decides (design.md section 6): an exact digest before an exact tag, before an exact repository, before the longest
    /// literal prefix; with equal patterns the rule that names namespaces.
    /// </summary>
    /// <param name="reference">The normalised reference.</param>
    /// <param name="resolved">The digest that its tag resolved to, where that is known: a denied digest is denied under every tag.</param>
    /// <param name="namespace">The pod's namespace; null: rules that name namespaces do not match.</param>
    public RuleMatch Match(ImageReference reference, Digest? resolved, string? @namespace)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var best = default(PatternMatch?);
        foreach (var candidate in Candidates(reference, resolved))
        {
            if (AppliesIn(candidate.Rule, @namespace) && (best is null || candidate.CompareWith(best) < 0))
            {
                best = candidate;
            }
        }

        return ToMatch(best, NeedsDigest(reference, resolved, rule => AppliesIn(rule, @namespace)));
    }

    /// <summary>
    /// Every answer that <see cref="Match"/> could give for some namespace or for none, in order of precedence: for an image that is
    /// asked about without its pod. Never empty.
    /// </summary>
    public ImmutableArray<RuleMatch> MatchAnyNamespace(ImageReference reference, Digest? resolved)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var needsDigest = NeedsDigest(reference, resolved, static _ => true);
        var matches = ImmutableArray.CreateBuilder<RuleMatch>();
        var earlier = new List<NamespaceSelector>();
        foreach (var candidate in Candidates(reference, resolved).Order(Comparer<PatternMatch>.Create(static (a, b) => a.CompareWith(b))))
        {
            if (candidate.Rule.Namespaces is not { } namespaces)
            {
                matches.Add(ToMatch(candidate, needsDigest));
                return matches.DrainToImmutable();
            }

            if (NamespaceSearch.MayExist([namespaces], earlier))
            {
                matches.Add(ToMatch(candidate, needsDigest));
                earlier.Add(namespaces);
            }
        }

        matches.Add(ToMatch(null, needsDigest));
        return matches.DrainToImmutable();
    }

    /// <summary>Each rule that matches the image, by its most exact pattern that does; namespaces are not looked at.</summary>
    internal IEnumerable<PatternMatch> Candidates(ImageReference reference, Digest? resolved)
    {
        var name = reference.PolicyName;
        foreach (var rule in Rules)
        {
            var best = default(PatternMatch?);
            foreach (var pattern in rule.Patterns)
            {
                if (pattern.Matches(name, reference, resolved) && new PatternMatch(rule, pattern) is var candidate
                    && (best is null || candidate.CompareWith(best) < 0))
                {
                    best = candidate;
                }
            }

            if (best is not null)
            {
                yield return best;
            }
        }
    }

    internal static bool AppliesIn(PolicyRule rule, string? @namespace) =>
        rule.Namespaces is null || (@namespace is not null && rule.Namespaces.Matches(@namespace));

    private bool NeedsDigest(ImageReference reference, Digest? resolved, Func<PolicyRule, bool> applies)
    {
        if (resolved is not null || reference.Digest is not null)
        {
            return false;
        }

        var name = reference.PolicyName;
        return Rules.Any(rule => rule.Patterns.Any(p => p.Digest is not null && p.MatchesName(name)) && applies(rule));
    }

    private RuleMatch ToMatch(PatternMatch? best, bool needsDigest) => best is null
        ? new RuleMatch(Revision, Mode, Unmatched == UnmatchedAction.Allow ? UnmatchedAllow : UnmatchedDeny) { NeedsDigest = needsDigest }
        : new RuleMatch(Revision, best.Rule.Mode, best.Rule.Action)
        {
            Rule = best.Rule.Name,
            Pattern = best.Pattern.Text,
            SignedRepository = best.Rule.SignedRepository,
            NeedsDigest = needsDigest,
        };
}
