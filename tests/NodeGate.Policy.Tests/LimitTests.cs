using System.Text;

namespace NodeGate.Policy.Tests;

/// <summary>Each limit: what is at it loads, what is beyond it is refused with its name or number.</summary>
public sealed class LimitTests
{
    [Fact]
    public void Load_FileBeyondMaxFileBytes_IsRefused()
    {
        AssertLoads(Pad(PolicyLimits.MaxFileBytes));
        AssertRefused("MaxFileBytes", Pad(PolicyLimits.MaxFileBytes + 1));
    }

    [Fact]
    public void Load_FilesBeyondMaxTotalBytes_AreRefused() =>
        AssertRefused("MaxTotalBytes", [.. Enumerable.Repeat(Pad(PolicyLimits.MaxFileBytes), (PolicyLimits.MaxTotalBytes / PolicyLimits.MaxFileBytes) + 1)]);

    [Fact]
    public void Load_FilesBeyondMaxFiles_AreRefused() =>
        AssertRefused("MaxFiles", [.. Enumerable.Repeat(Policies.Head, PolicyLimits.MaxFiles + 1)]);

    [Fact]
    public void Load_DocumentsBeyondMaxDocuments_AreRefused()
    {
        AssertLoads(string.Join("---\n", Enumerable.Repeat(Policies.Head, PolicyLimits.MaxDocuments)));
        AssertRefused("MaxDocuments", string.Join("---\n", Enumerable.Repeat(Policies.Head, PolicyLimits.MaxDocuments + 1)));
    }

    [Fact]
    public void Load_NestingBeyondMaxYamlDepth_IsRefused()
    {
        AssertRefused("a list of rules", Policies.Head + "rules: {a: " + Nested(PolicyLimits.MaxYamlDepth - 2) + "}\n");
        AssertRefused("MaxYamlDepth", Policies.Head + "rules: {a: " + Nested(PolicyLimits.MaxYamlDepth - 1) + "}\n");
    }

    [Fact]
    public void Load_NodesBeyondMaxYamlNodes_AreRefused() =>
        AssertRefused("MaxYamlNodes", Policies.Head + "rules: [" + string.Concat(Enumerable.Repeat("a,", PolicyLimits.MaxYamlNodes)) + "]\n");

    [Fact]
    public void Load_RulesBeyondMaxRules_AreRefused()
    {
        AssertLoads(Policies.Head + Rules(PolicyLimits.MaxRules, 0));
        AssertRefused("MaxRules", Policies.Head + Rules(PolicyLimits.MaxRules + 1, 0));
        AssertRefused("MaxRules", Policies.Head + Rules(PolicyLimits.MaxRules, 0), Policies.Head + Rules(1, 5000));
    }

    [Fact]
    public void Load_ExceptionsBeyondMaxExceptions_AreRefused()
    {
        AssertLoads(Policies.Head + Exceptions(PolicyLimits.MaxExceptions, 0));
        AssertRefused("MaxExceptions", Policies.Head + Exceptions(PolicyLimits.MaxExceptions + 1, 0));
        AssertRefused("MaxExceptions", Policies.Head + Exceptions(PolicyLimits.MaxExceptions, 0), Policies.Head + Exceptions(1, 5000));
    }

    [Fact]
    public void Load_PatternsOfExceptionsBeyondMaxPatterns_AreRefused()
    {
        var full = string.Join(", ", Enumerable.Range(0, PolicyLimits.MaxPatterns / PolicyLimits.MaxPatternsPerRule).Select(i => Patterns("r" + i, PolicyLimits.MaxPatternsPerRule)));
        AssertRefused("MaxPatterns", Policies.Head + "rules: [" + full + "]\n" + Exceptions(1, 0));
    }

    [Fact]
    public void Load_PatternsBeyondMaxPatternsPerRule_AreRefused()
    {
        AssertLoads(Policies.Head + "rules: [" + Patterns("r", PolicyLimits.MaxPatternsPerRule) + "]\n");
        AssertRefused("MaxPatternsPerRule", Policies.Head + "rules: [" + Patterns("r", PolicyLimits.MaxPatternsPerRule + 1) + "]\n");
    }

    [Fact]
    public void Load_PatternsBeyondMaxPatterns_AreRefused()
    {
        var rules = PolicyLimits.MaxPatterns / PolicyLimits.MaxPatternsPerRule;
        var full = Policies.Head + "rules: [" + string.Join(", ", Enumerable.Range(0, rules).Select(i => Patterns("r" + i, PolicyLimits.MaxPatternsPerRule))) + "]\n";
        AssertLoads(full);
        AssertRefused("MaxPatterns", full, Policies.Head + "rules: [" + Patterns("more", 1) + "]\n");
    }

    [Fact]
    public void Load_PatternBeyondMaxPatternLength_IsRefused()
    {
        AssertLoads(Policies.Head + $"rules: [{{name: r, images: [\"**{new string('a', PolicyLimits.MaxPatternLength - 2)}\"], deny: {{reason: r}}}}]\n");
        AssertRefused("512", Policies.Head + $"rules: [{{name: r, images: [\"**{new string('a', PolicyLimits.MaxPatternLength - 1)}\"], deny: {{reason: r}}}}]\n");
    }

    [Fact]
    public void Load_NamespacesBeyondTheirLimits_AreRefused()
    {
        AssertLoads(Policies.Head + Namespaces(Enumerable.Range(0, PolicyLimits.MaxNamespacePatterns).Select(i => "n" + i)));
        AssertRefused("MaxNamespacePatterns", Policies.Head + Namespaces(Enumerable.Range(0, PolicyLimits.MaxNamespacePatterns + 1).Select(i => "n" + i)));
        AssertLoads(Policies.Head + Namespaces([new string('a', PolicyLimits.MaxNamespaceLength)]));
        AssertRefused("63", Policies.Head + Namespaces([new string('a', PolicyLimits.MaxNamespaceLength + 1)]));
    }

    [Fact]
    public void Load_AuthoritiesBeyondMaxAuthorities_AreRefused()
    {
        AssertLoads(Policies.Head + Authorities(PolicyLimits.MaxAuthorities));
        AssertRefused("MaxAuthorities", Policies.Head + Authorities(PolicyLimits.MaxAuthorities + 1));
        AssertRefused("MaxAuthorities", Policies.Head + Authorities(PolicyLimits.MaxAuthorities), Policies.Head + "authorities: [{name: more, cosign: {keys: [{file: one.pub}]}}]\n");
    }

    [Fact]
    public void Load_KeysBeyondMaxKeysPerAuthority_AreRefused()
    {
        AssertLoads(Policies.Head + Keys(PolicyLimits.MaxKeysPerAuthority));
        AssertRefused("MaxKeysPerAuthority", Policies.Head + Keys(PolicyLimits.MaxKeysPerAuthority + 1));
    }

    [Fact]
    public void Load_AnnotationsBeyondMaxAnnotations_AreRefused()
    {
        AssertLoads(Policies.Head + Annotations(PolicyLimits.MaxAnnotations));
        AssertRefused("MaxAnnotations", Policies.Head + Annotations(PolicyLimits.MaxAnnotations + 1));
    }

    [Fact]
    public void Load_TrustRootsBeyondMaxTrustRoots_AreRefused()
    {
        AssertLoads(Policies.Head + TrustRoots("a", PolicyLimits.MaxTrustRoots));
        AssertRefused("MaxTrustRoots", Policies.Head + TrustRoots("a", PolicyLimits.MaxTrustRoots + 1));
        AssertRefused("MaxTrustRoots", Policies.Head + TrustRoots("a", PolicyLimits.MaxTrustRoots), Policies.Head + TrustRoots("b", 1));
    }

    [Fact]
    public void Load_IdentitiesBeyondMaxIdentitiesPerAuthority_AreRefused()
    {
        AssertLoads(Policies.Head + Identities(PolicyLimits.MaxIdentitiesPerAuthority));
        AssertRefused("MaxIdentitiesPerAuthority", Policies.Head + Identities(PolicyLimits.MaxIdentitiesPerAuthority + 1));
    }

    [Fact]
    public void Load_AttestationsBeyondTheirLimits_AreRefused()
    {
        AssertLoads(Attestations(PolicyLimits.MaxAttestationsPerRule, PolicyLimits.MaxConditions, PolicyLimits.MaxConditionValues));
        AssertRefused("MaxAttestationsPerRule", Attestations(PolicyLimits.MaxAttestationsPerRule + 1, 1, 1));
        AssertRefused("MaxConditions", Attestations(1, PolicyLimits.MaxConditions + 1, 1));
        AssertRefused("MaxConditionValues", Attestations(1, 1, PolicyLimits.MaxConditionValues + 1));
    }

    [Fact]
    public void Load_RequirementBeyondMaxRequirementDepth_IsRefused()
    {
        AssertLoads(Policies.Head + Policies.Authorities + Requirement(PolicyLimits.MaxRequirementDepth - 1));
        AssertRefused("MaxRequirementDepth", Policies.Head + Policies.Authorities + Requirement(PolicyLimits.MaxRequirementDepth));
    }

    [Fact]
    public void Load_RequirementBeyondMaxRequirementMembers_IsRefused()
    {
        AssertLoads(Policies.Head + Policies.Authorities + Members(PolicyLimits.MaxRequirementMembers));
        AssertRefused("MaxRequirementMembers", Policies.Head + Policies.Authorities + Members(PolicyLimits.MaxRequirementMembers + 1));
    }

    [Fact]
    public void Load_NameBeyondMaxNameLength_IsRefused()
    {
        AssertLoads(Policies.Head + $"rules: [{{name: {new string('a', PolicyLimits.MaxNameLength)}, images: [nginx], deny: {{reason: r}}}}]\n");
        AssertRefused("128", Policies.Head + $"rules: [{{name: {new string('a', PolicyLimits.MaxNameLength + 1)}, images: [nginx], deny: {{reason: r}}}}]\n");
    }

    [Fact]
    public void Load_ReasonBeyondMaxTextLength_IsRefused()
    {
        AssertLoads(Policies.Head + $"rules: [{{name: r, images: [nginx], deny: {{reason: {new string('a', PolicyLimits.MaxTextLength)}}}}}]\n");
        AssertRefused("512", Policies.Head + $"rules: [{{name: r, images: [nginx], deny: {{reason: {new string('a', PolicyLimits.MaxTextLength + 1)}}}}}]\n");
    }

    [Fact]
    public void Load_NamespacesThatNeedMoreThanMaxSearchStates_AreTakenToMeet()
    {
        // 2^20 sets of positions tell these apart; the search gives up and the strict answer is a tie.
        var left = $"*a{new string('*', 1)}{string.Concat(Enumerable.Repeat("b*", 14))}";
        var many = string.Join(", ", Enumerable.Range(0, 20).Select(i => $"\"*{(char)('a' + i)}*{(char)('b' + i)}*{(char)('c' + i)}*\""));
        var result = Policies.Load(Policies.Head
            + $"rules:\n  - {{name: l, images: [\"**\"], namespaces: {{include: [\"{left}\"], exclude: [{many}]}}, deny: {{reason: r}}}}\n"
            + $"  - {{name: r, images: [\"**\"], namespaces: {{include: [{many}]}}, deny: {{reason: r}}}}\n");

        Assert.Contains("a tie", Assert.Single(result.Errors).Found, StringComparison.Ordinal);
    }

    private static void AssertLoads(params string[] files)
    {
        var result = Policies.Load(files);
        Assert.True(result.IsLoaded, result.Errors.IsEmpty ? "" : result.Errors[0].ToString());
    }

    private static void AssertRefused(string limit, params string[] files)
    {
        var result = Policies.LoadWith(new Policies.KeyFiles(), files);
        Assert.False(result.IsLoaded);
        Assert.Contains(result.Errors, e => e.Expected.Contains(limit, StringComparison.Ordinal));
    }

    private static string Pad(int bytes)
    {
        var line = "#" + new string(' ', 998) + "\n";
        var text = new StringBuilder(Policies.Head);
        while (text.Length + line.Length < bytes)
        {
            text.Append(line);
        }

        return text.Append('#', bytes - text.Length).ToString();
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static string Rules(int count, int first) =>
        "rules:\n" + string.Concat(Enumerable.Range(first, count).Select(i => $"  - {{name: r{i}, images: [app{i}], deny: {{reason: r}}}}\n"));

    private static string Exceptions(int count, int first) => "exceptions:\n" + string.Concat(Enumerable.Range(first, count).Select(
        i => $"  - {{name: e{i}, images: [\"app{i}@{Policies.A}\"], expires: 2026-12-01T00:00:00Z, owner: me}}\n"));

    private static string Patterns(string name, int count) =>
        $"{{name: {name}, images: [{string.Join(", ", Enumerable.Range(0, count).Select(i => $"{name}/app{i}"))}], deny: {{reason: r}}}}";

    private static string Namespaces(IEnumerable<string> names) =>
        $"rules: [{{name: r, images: [nginx], namespaces: {{include: [{string.Join(", ", names)}]}}, deny: {{reason: r}}}}]\n";

    private static string Authorities(int count) =>
        "authorities:\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"  - {{name: a{i}, cosign: {{keys: [{{file: one.pub}}]}}}}\n"));

    private static string Keys(int count) =>
        $"authorities: [{{name: a, cosign: {{keys: [{string.Join(", ", Enumerable.Repeat("{file: one.pub}", count))}]}}}}]\n";

    private static string Annotations(int count) =>
        $"authorities: [{{name: a, cosign: {{keys: [{{file: one.pub}}], annotations: {{{string.Join(", ", Enumerable.Range(0, count).Select(i => $"k{i}: v"))}}}}}}}]\n";

    private static string TrustRoots(string prefix, int count) =>
        $"trustRoots: [{string.Join(", ", Enumerable.Range(0, count).Select(i => $"{{name: {prefix}{i}, trustedRoot: root.json}}"))}]\n";

    private static string Identities(int count) =>
        $"authorities: [{{name: a, keyless: {{trustRoot: public-good, identities: [{string.Join(", ", Enumerable.Repeat("{issuer: i, subject: s}", count))}]}}}}]\n";

    private static string Attestations(int count, int conditions, int values)
    {
        var condition = $"{{path: /a, in: [{string.Join(", ", Enumerable.Repeat("x", values))}]}}";
        var attestation = $"{{type: t, by: [one], conditions: [{string.Join(", ", Enumerable.Repeat(condition, conditions))}]}}";
        return Policies.Head + Policies.Authorities
            + $"rules: [{{name: r, images: [nginx], require: one, attestations: [{string.Join(", ", Enumerable.Repeat(attestation, count))}]}}]\n";
    }

    private static string Requirement(int lists) =>
        "rules: [{name: r, images: [nginx], require: " + string.Concat(Enumerable.Repeat("{anyOf: [", lists)) + "one" + string.Concat(Enumerable.Repeat("]}", lists)) + "}]\n";

    private static string Members(int count) =>
        $"rules: [{{name: r, images: [nginx], require: {{anyOf: [{string.Join(", ", Enumerable.Repeat("one", count))}]}}}}]\n";
}
