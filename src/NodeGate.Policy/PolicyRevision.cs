using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodeGate.Policy.Conditions;
using NodeGate.Policy.Patterns;
using NodeGate.Verification;

namespace NodeGate.Policy;

/// <summary>
/// The revision of a policy: a hash over everything that a decision can depend on, and nothing else. Every text is written with its
/// length, so that no two policies have one writing.
/// </summary>
internal static class PolicyRevision
{
    /// <summary>Goes up when the meaning of the same policy changes, so that answers of an older version are not reused.</summary>
    private const string Semantics = "nodegate-policy-3";

    private const int ShownCharacters = 16;

    public static string OfTrust(ImmutableArray<Authority> authorities)
    {
        var text = new StringBuilder();
        Add(text, Semantics);
        AddAll(text, authorities.SelectMany(TrustOf).Distinct(StringComparer.Ordinal));
        return Hash(text);
    }

    public static string Of(PolicyModel model)
    {
        var text = new StringBuilder();
        Add(text, Semantics);
        Add(text, model.Mode.ToString());
        Add(text, model.Unmatched.ToString());
        Add(text, model.SandboxImage.ToString());
        foreach (var authority in model.Authorities.OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            Add(text, "authority");
            Add(text, authority.Name);
            AddRequirement(text, authority);
        }

        foreach (var rule in model.Rules.OrderBy(r => r.Name, StringComparer.Ordinal))
        {
            Add(text, "rule");
            Add(text, rule.Name);
            Add(text, rule.Mode.ToString());
            Add(text, rule.SignedRepository ?? "");
            Add(text, rule.SignatureRepository ?? "");
            Add(text, rule.RequiresDigest ? "requireDigest" : "");
            Add(text, rule.VerifiesPlatform ? "platform" : "");
            Add(text, rule.AllowsGrace ? "grace" : "");
            AddScope(text, rule.Images, rule.Namespaces);
            AddAction(text, rule.Action);
        }

        foreach (var exemption in model.Exemptions.OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            Add(text, "exception");
            Add(text, exemption.Name);
            AddScope(text, exemption.Images, exemption.Namespaces);
            Add(text, exemption.Expires.UtcTicks.ToString(CultureInfo.InvariantCulture));
            Add(text, exemption.Owner);
            Add(text, exemption.Ticket ?? "");
        }

        return Hash(text);
    }

    /// <summary>What makes a signature good: keys with their periods, and trust roots.</summary>
    private static IEnumerable<string> TrustOf(Authority authority) => authority.Requirement switch
    {
        KeyRequirement key => key.Keys.Select(KeyText).Concat(key.TransparencyLog is { } log ? [RootText(log.TrustRoot)] : []),
        KeylessRequirement keyless => [RootText(keyless.TrustRoot)],
        _ => throw new ArgumentOutOfRangeException(nameof(authority), authority.Name, "Not a kind of authority."),
    };

    private static void AddRequirement(StringBuilder text, Authority authority)
    {
        var requirement = authority.Requirement;
        Add(text, requirement.GetType().Name);
        AddAll(text, TrustOf(authority));
        Add(text, requirement.AcceptBundle ? "bundle" : "");
        Add(text, requirement.AcceptLegacy ? "legacy" : "");
        AddAll(text, requirement.Annotations.Select(Pair));
        switch (requirement)
        {
            case KeyRequirement { TransparencyLog: { } log }:
                Add(text, $"logs {log.Logs}, timestamps {log.Timestamps}");
                break;
            case KeylessRequirement keyless:
                Add(text, $"logs {keyless.Logs}, timestamps {keyless.Timestamps}");
                AddAll(text, keyless.Identities.Select(i => PatternText(i.Issuer) + PatternText(i.Subject)));
                AddAll(text, keyless.Certificate.Select(Pair));
                break;
        }
    }

    private static string KeyText(TrustedKey key) => $"key:{key.Key.Fingerprint} {key.ValidFor.Start?.UtcTicks} {key.ValidFor.End?.UtcTicks}";

    private static string RootText(TrustRoot root) => $"root:{root.Revision}";

    private static string Pair(KeyValuePair<string, string> pair) => $"{pair.Key.Length}:{pair.Key}={pair.Value}";

    private static string AttestationText(AttestationRequirement attestation)
    {
        var text = new StringBuilder();
        Add(text, attestation.Type);
        AddAll(text, attestation.By.Select(a => a.Name));
        AddAll(text, attestation.Conditions.Select(ConditionText));
        return text.ToString();
    }

    private static string ConditionText(PredicateCondition condition)
    {
        var text = new StringBuilder();
        Add(text, condition.Path.Text);
        Add(text, condition.Test.Operator);
        AddAll(text, condition.Test.Operands);
        return text.ToString();
    }

    private static string PatternText(TextPattern pattern) => $"{(pattern.IsRegex ? "regex" : "exact")} {pattern.Text.Length}:{pattern.Text} ";

    private static void AddAction(StringBuilder text, RuleAction action)
    {
        switch (action)
        {
            case RuleAction.Allow allow:
                Add(text, "allow");
                Add(text, allow.Reason);
                break;
            case RuleAction.Deny deny:
                Add(text, "deny");
                Add(text, deny.Reason);
                break;
            case RuleAction.Require require:
                Add(text, "require");
                // Names of authorities hold no bracket, comma or space, so the text of the tree says the tree.
                Add(text, require.Requirement.ToString());
                AddAll(text, require.Attestations.Select(AttestationText));
                break;
        }
    }

    private static void AddScope(StringBuilder text, ImmutableArray<string> images, NamespaceSelector? namespaces)
    {
        AddAll(text, images);
        Add(text, namespaces is null ? "" : "namespaces");
        AddAll(text, Texts(namespaces?.Include));
        AddAll(text, Texts(namespaces?.Exclude));
    }

    private static IEnumerable<string> Texts(ImmutableArray<Glob>? globs) => globs is { } list ? list.Select(g => g.Text) : [];

    private static void AddAll(StringBuilder text, IEnumerable<string> values)
    {
        var sorted = values.Order(StringComparer.Ordinal).ToArray();
        text.Append(sorted.Length).Append('#');
        foreach (var value in sorted)
        {
            Add(text, value);
        }
    }

    private static void Add(StringBuilder text, string value) => text.Append(value.Length).Append(':').Append(value).Append('\n');

    private static string Hash(StringBuilder text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..ShownCharacters];
}
