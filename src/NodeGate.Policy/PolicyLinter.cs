using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Policy.Patterns;
using NodeGate.Verification;
using NodeGate.Verification.Strict;

namespace NodeGate.Policy;

/// <summary>Looks for what is valid and probably not meant: <c>nodegate policy lint</c>.</summary>
public static class PolicyLinter
{
    /// <summary>All warnings about <paramref name="policy"/> at <paramref name="now"/>, by place.</summary>
    public static ImmutableArray<PolicyWarning> Lint(PolicyModel policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return
        [
            .. OfPolicy(policy)
                .Concat(policy.Rules.SelectMany(OfRule))
                .Concat(policy.Rules.SelectMany(OfPatterns))
                .Concat(policy.Rules.SelectMany(rule => OfPrecedence(policy, rule)))
                .Concat(ExemptionWatch.Of(policy, now).SelectMany(deadline => OfExemption(policy, deadline)))
                .Concat(OfAuthorities(policy))
                .OrderBy(w => w.Position.File, StringComparer.Ordinal)
                .ThenBy(w => w.Position.Line)
                .ThenBy(w => w.Position.Column)
                .ThenBy(w => w.Code)
                .ThenBy(w => w.Message, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<PolicyWarning> OfPolicy(PolicyModel policy)
    {
        var whole = new PolicyPosition("policy", 0, 0, "");
        if (policy.Unmatched == UnmatchedAction.Allow)
        {
            yield return new PolicyWarning(
                whole, PolicyWarningCode.UnmatchedAllow,
                "'unmatched: allow' admits every image that no rule matches, without a signature, also under another name of a registry that a rule denies; "
                    + "prefer 'unmatched: deny' and a rule for what is to be allowed.");
        }

        if (policy.Rules.IsEmpty)
        {
            yield return new PolicyWarning(
                whole, PolicyWarningCode.NoRules,
                policy.Unmatched == UnmatchedAction.Allow ? "There is no rule, so every image is admitted." : "There is no rule, so every image is denied.");
        }

        if (policy.Mode == PolicyMode.Audit)
        {
            yield return new PolicyWarning(
                whole, PolicyWarningCode.AuditOnly, "Every document is in audit mode: images that no rule matches are recorded and let through.");
        }
    }

    private static IEnumerable<PolicyWarning> OfRule(PolicyRule rule)
    {
        if (rule.Mode == PolicyMode.Audit)
        {
            yield return Warn(rule, PolicyWarningCode.AuditOnly, $"Rule '{rule.Name}' is in audit mode: it records what it would refuse, and lets it through.");
        }

        var open = rule.Patterns.Where(p => p.Digest is null).Select(p => $"'{p}'").ToArray();
        if (rule.Action is RuleAction.Allow && open.Length > 0)
        {
            yield return Warn(
                rule, PolicyWarningCode.AllowWithoutDigest,
                $"Rule '{rule.Name}' allows {string.Join(", ", open)} without a digest: whatever the registry serves under such a name is run; pin it with '@sha256:…'.");
        }

        foreach (var warning in OfNamespaces(rule.Position, $"rule '{rule.Name}'", rule.Namespaces))
        {
            yield return warning;
        }
    }

    private static IEnumerable<PolicyWarning> OfNamespaces(PolicyPosition position, string what, NamespaceSelector? namespaces)
    {
        if (namespaces is null)
        {
            yield break;
        }

        if (!NamespaceSearch.MayExist([namespaces], []))
        {
            yield return new PolicyWarning(
                position, PolicyWarningCode.NeverDecides, $"The {what} can never decide: its 'exclude' takes away every namespace of its 'include'.");
            yield break;
        }

        var included = new NamespaceSelector([.. namespaces.Include.Select(g => g.Text)], []);
        foreach (var exclude in namespaces.Exclude.Where(e => !NamespaceSearch.MayExist([included, new NamespaceSelector([e.Text], [])], [])))
        {
            yield return new PolicyWarning(
                position, PolicyWarningCode.NamespaceWithoutEffect, $"The exclude '{exclude}' of {what} has no effect: no 'include' has such a namespace.");
        }
    }

    private static IEnumerable<PolicyWarning> OfExemption(PolicyModel policy, ExemptionDeadline deadline)
    {
        var exemption = deadline.Exemption;
        var what = $"exception '{exemption.Name}'";
        if (deadline.HasEnded || deadline.EndsSoon)
        {
            var owner = $"{exemption.Owner}{(exemption.Ticket is null ? "" : $", {exemption.Ticket}")}";
            yield return deadline.HasEnded
                ? new PolicyWarning(exemption.Position, PolicyWarningCode.ExceptionEnded, $"The {what} of {owner} ended at {Shown.Time(exemption.Expires)}; remove it.")
                : new PolicyWarning(
                    exemption.Position, PolicyWarningCode.ExceptionEndsSoon,
                    $"The {what} of {owner} ends at {Shown.Time(exemption.Expires)}, within {ExemptionWatch.WarnsAhead.Days} days; what it covers will then be judged by the rules.");
        }

        if (exemption.Patterns.All(p => IsAllowedAnyway(policy, exemption, p)))
        {
            yield return new PolicyWarning(
                exemption.Position, PolicyWarningCode.ExceptionWithoutEffect, $"The {what} has no effect: what it covers is allowed by the rules anyway; remove it.");
        }

        foreach (var warning in OfNamespaces(exemption.Position, what, exemption.Namespaces))
        {
            yield return warning;
        }
    }

    /// <summary>Whether every rule that could decide allows it; not looked into where the repository has wildcards.</summary>
    private static bool IsAllowedAnyway(PolicyModel policy, PolicyExemption exemption, ImagePattern pattern) =>
        ImageReference.TryParse(pattern.Text, out var reference, out _)
        && policy.Rules
            .Where(r => r.Patterns.Any(p => ImagePattern.Overlap(p, pattern)) && NamespaceSearch.MayMeet(r.Namespaces, exemption.Namespaces, []))
            .All(r => r is { Action: RuleAction.Allow, RequiresDigest: false })
        && policy.MatchAnyNamespace(reference, null, DateTimeOffset.MaxValue).All(m => m.Action is RuleAction.Allow);

    private static IEnumerable<PolicyWarning> OfPatterns(PolicyRule rule)
    {
        foreach (var pattern in rule.Patterns)
        {
            var text = pattern.Text;
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            var first = slash < 0 ? text : text[..slash];
            if (text.Contains(".*", StringComparison.Ordinal))
            {
                yield return Warn(
                    rule, PolicyWarningCode.LooksLikeRegex,
                    $"'{text}' has '.*', which is a dot and then anything within one path component: patterns are no regular expressions; write '*' or '**'.");
            }

            const string Official = "docker.io/library/";
            var name = text.StartsWith(Official, StringComparison.Ordinal) ? text[Official.Length..].Split(':', '@')[0] : "";
            if (!name.Contains('/', StringComparison.Ordinal) && (name.Contains('.', StringComparison.Ordinal) || name is "localhost"))
            {
                yield return Warn(
                    rule, PolicyWarningCode.LooksLikeRegistry,
                    $"'{text}' is an image of Docker Hub, as a reference without '/' always is; if the registry '{name}' is meant, write '{name}/**'.");
            }

            if (first.Contains('*', StringComparison.Ordinal) && !first.StartsWith("**", StringComparison.Ordinal) && !first.Contains('.', StringComparison.Ordinal))
            {
                yield return Warn(
                    rule, PolicyWarningCode.AmbiguousWildcard,
                    $"'{first}' at the beginning of '{text}' stands for a registry, not for an organisation of Docker Hub; if that is meant, write 'docker.io/{text}'.");
            }

            if (text.EndsWith(":*", StringComparison.Ordinal))
            {
                yield return Warn(
                    rule, PolicyWarningCode.EveryTag, $"'{text}' matches every tag but no reference by digest; leave ':*' out to match every image of the repository.");
            }
        }
    }

    /// <summary>A more exact pattern never covers all of a less exact one, so only equal patterns can take everything away from a rule.</summary>
    private static IEnumerable<PolicyWarning> OfPrecedence(PolicyModel policy, PolicyRule rule)
    {
        if (rule.Namespaces is not null || !rule.Patterns.All(IsTakenEverywhere))
        {
            yield break;
        }

        yield return Warn(
            rule, PolicyWarningCode.NeverDecides,
            $"Rule '{rule.Name}' decides only where no namespace is known: rules with the same patterns name every namespace and come first.");

        bool IsTakenEverywhere(ImagePattern pattern)
        {
            var others = policy.Rules
                .Where(r => r.Namespaces is not null && r.Patterns.Any(p => p.Text == pattern.Text))
                .Select(r => r.Namespaces!)
                .ToArray();
            return others.Length > 0 && !NamespaceSearch.MayExist([], others);
        }
    }

    private static IEnumerable<PolicyWarning> OfAuthorities(PolicyModel policy)
    {
        var required = policy.Rules.Select(r => r.Action).OfType<RuleAction.Require>().ToArray();
        var used = required.SelectMany(r => r.Requirement.Authorities()).Concat(required.SelectMany(r => r.Attestations).SelectMany(a => a.By)).ToHashSet();
        foreach (var authority in policy.Authorities)
        {
            if (!used.Contains(authority))
            {
                yield return new PolicyWarning(
                    authority.Position, PolicyWarningCode.UnusedAuthority, $"No rule requires authority '{authority.Name}'; remove it, or name it in a 'require' or in 'by'.");
            }

            if (LackOf(policy, authority) is { } lack)
            {
                yield return new PolicyWarning(
                    authority.Position, PolicyWarningCode.TrustRootLacks, $"Authority '{authority.Name}' leaves every answer open: {lack}.");
            }

            foreach (var pattern in OpenPatterns(authority))
            {
                yield return new PolicyWarning(
                    authority.Position, PolicyWarningCode.OpenIdentity,
                    $"Authority '{authority.Name}' takes {pattern}, which anybody can get an identity for; name what cannot be chosen by others, up to the first '/' after the host.");
            }

            var sharing = policy.Authorities
                .Where(a => string.CompareOrdinal(a.Name, authority.Name) < 0 && a.PossibleSigners.Ids.Intersect(authority.PossibleSigners.Ids, StringComparer.Ordinal).Any())
                .Select(a => $"'{a.Name}'").ToArray();
            if (sharing.Length > 0)
            {
                yield return new PolicyWarning(
                    authority.Position, PolicyWarningCode.SharedKey,
                    $"Authority '{authority.Name}' has a signer that {string.Join(", ", sharing)} has as well: it is one signer, and 'atLeast' counts it once.");
            }
        }
    }

    /// <summary>
    /// What a fetched trust root lacks for this authority. One that is unusable as a whole, on a machine that never fetched it say, is no fault
    /// of the policy.
    /// </summary>
    private static string? LackOf(PolicyModel policy, Authority authority)
    {
        var root = authority.Requirement switch
        {
            KeyRequirement key => key.TransparencyLog?.TrustRoot,
            KeylessRequirement keyless => keyless.TrustRoot,
            _ => null,
        };
        return policy.TrustRoots.Any(r => r.TrustRoot == root) ? null : root?.Problem;
    }

    /// <summary>Expressions that a stranger's issuer or subject matches as well: found by trying, not by reading them.</summary>
    private static IEnumerable<TextPattern> OpenPatterns(Authority authority)
    {
        const string Stranger = "https://stranger.invalid";
        var identities = authority.Requirement is KeylessRequirement keyless ? keyless.Identities : [];
        return identities.SelectMany(i => new[] { i.Issuer, i.Subject }).Distinct().Where(p => p.Matches(Stranger) || p.Matches(Stranger + "/a/b") || p.Matches("a@stranger.invalid"));
    }

    private static PolicyWarning Warn(PolicyRule rule, PolicyWarningCode code, string message) => new(rule.Position, code, message);
}
