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
        ImmutableArray<PolicyRule> rules,
        ImmutableArray<PolicyExemption> exemptions,
        SandboxImageMode sandboxImage)
    {
        Name = name;
        Mode = mode;
        Unmatched = unmatched;
        TrustRoots = trustRoots;
        Authorities = authorities;
        Rules = rules;
        Exemptions = exemptions;
        SandboxImage = sandboxImage;
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

    /// <summary>The exceptions of all documents, by name, ended ones as well.</summary>
    public ImmutableArray<PolicyExemption> Exemptions { get; }

    /// <summary>What becomes of a pod whose sandbox image is not admitted.</summary>
    public SandboxImageMode SandboxImage { get; }

    /// <summary>
    /// The one rule that decides (design.md section 6): an exact digest before an exact tag, before an exact repository, before the longest
    /// literal prefix; with equal patterns the rule that names namespaces. Before all of them an exception that holds, except where the image is allowed anyway.
    /// </summary>
    /// <param name="reference">The normalised reference.</param>
    /// <param name="resolved">The digest that its tag resolved to, where that is known: a denied digest is denied under every tag.</param>
    /// <param name="namespace">The pod's namespace; null: rules and exceptions that name namespaces do not match.</param>
    /// <param name="now">The time at which an exception must hold.</param>
    public RuleMatch Match(ImageReference reference, Digest? resolved, string? @namespace, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var best = default(PatternMatch?);
        foreach (var candidate in Candidates(reference, resolved))
        {
            if (AppliesIn(candidate.Rule.Namespaces, @namespace) && (best is null || candidate.CompareWith(best) < 0))
            {
                best = candidate;
            }
        }

        var match = ToMatch(best, reference, resolved, now, namespaces => AppliesIn(namespaces, @namespace));
        var covering = Covering(match, reference, resolved).FirstOrDefault(e => AppliesIn(e.Namespaces, @namespace));
        return covering is null ? match : SetAside(match, covering, reference, resolved, now);
    }

    /// <summary>What decides for an image that has no name: <see cref="Unmatched"/>, for no pattern can match it.</summary>
    public RuleMatch MatchUnnamed() => ToMatch(null);

    /// <summary>
    /// Every answer that <see cref="Match"/> could give for some namespace or for none, in order of precedence: for an image that is
    /// asked about without its pod. Never empty.
    /// </summary>
    public ImmutableArray<RuleMatch> MatchAnyNamespace(ImageReference reference, Digest? resolved, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var answers = new List<RuleMatch>();
        var earlier = new List<NamespaceSelector>();
        foreach (var candidate in Candidates(reference, resolved).Order(PatternMatch.Precedence).Append(null))
        {
            var scope = candidate?.Rule.Namespaces;
            var match = ToMatch(candidate, reference, resolved, now, static _ => true);
            var taken = new List<NamespaceSelector>(earlier);
            var isTakenEverywhere = false;
            foreach (var exemption in Covering(match, reference, resolved))
            {
                if (NamespaceSearch.MayMeet(scope, exemption.Namespaces, taken))
                {
                    answers.Add(SetAside(match, exemption, reference, resolved, now));
                }

                if (exemption.Namespaces is not { } own)
                {
                    isTakenEverywhere = true;
                    break;
                }

                taken.Add(own);
            }

            if (!isTakenEverywhere && NamespaceSearch.MayMeet(scope, null, taken))
            {
                answers.Add(match);
            }

            if (scope is null)
            {
                break;
            }

            earlier.Add(scope);
        }

        return [.. answers.Distinct()];
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

    internal static bool AppliesIn(NamespaceSelector? namespaces, string? @namespace) =>
        namespaces is null || (@namespace is not null && namespaces.Matches(@namespace));

    /// <summary>
    /// The exceptions that cover the image where <paramref name="match"/> would decide, whether they hold or have ended, the one that ends
    /// last first: of those of one namespace, the first says most. None where the image is allowed anyway, which is so without any registry.
    /// </summary>
    internal IEnumerable<PolicyExemption> Covering(RuleMatch match, ImageReference reference, Digest? resolved) => IsAllowed(match, reference)
        ? []
        : Exemptions.Where(e => e.Covers(reference, resolved) is not null).OrderByDescending(e => e.Expires).ThenBy(e => e.Name, StringComparer.Ordinal);

    private static bool IsAllowed(RuleMatch match, ImageReference reference) =>
        match.Action is RuleAction.Allow && !(match.RequiresDigest && reference.Digest is null);

    private RuleMatch SetAside(RuleMatch match, PolicyExemption exemption, ImageReference reference, Digest? resolved, DateTimeOffset now) =>
        exemption.HoldsAt(now)
            ? new RuleMatch(Revision, match.Mode, new RuleAction.Exempt(exemption)) { Rule = exemption.Name, Pattern = exemption.Covers(reference, resolved)!.Text }
            : match with { Ended = exemption };

    private RuleMatch ToMatch(
        PatternMatch? best, ImageReference reference, Digest? resolved, DateTimeOffset now, Func<NamespaceSelector?, bool> applies)
    {
        var match = ToMatch(best);
        if (resolved is not null || reference.Digest is not null)
        {
            return match;
        }

        var name = reference.PolicyName;
        return match with
        {
            NeedsDigest = Rules.Any(r => r.Patterns.Any(p => p.Digest is not null && p.MatchesName(name)) && applies(r.Namespaces))
                || (!IsAllowed(match, reference) && Exemptions.Any(e => e.HoldsAt(now) && e.Patterns.Any(p => p.MatchesName(name)) && applies(e.Namespaces))),
        };
    }

    private RuleMatch ToMatch(PatternMatch? best) => best is null
        ? new RuleMatch(Revision, Mode, Unmatched == UnmatchedAction.Allow ? UnmatchedAllow : UnmatchedDeny)
        : new RuleMatch(Revision, best.Rule.Mode, best.Rule.Action)
        {
            Rule = best.Rule.Name,
            Pattern = best.Pattern.Text,
            SignedRepository = best.Rule.SignedRepository,
            RequiresDigest = best.Rule.RequiresDigest,
            VerifiesPlatform = best.Rule.VerifiesPlatform,
            SignatureRepository = best.Rule.SignatureRepository,
            AllowsGrace = best.Rule.AllowsGrace,
        };
}
