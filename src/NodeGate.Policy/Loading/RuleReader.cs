using System.Collections.Immutable;
using NodeGate.Policy.Loading.Attestations;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading;

/// <summary>Reads an entry of <c>rules</c>.</summary>
internal static class RuleReader
{
    private const string Shape = "a rule: {name: …, images: […], require: {anyOf: […]}}";
    private const string Reason = "'{reason: …}': why, in one sentence for the people who meet this rule";

    /// <summary>The keys of a rule.</summary>
    public static ImmutableArray<string> Keys { get; } =
    [
        "name", "images", "namespaces", "mode", "require", "attestations", "allow", "deny", "signedRepository", "signatureRepository", "requireDigest", "platform", "grace",
    ];

    /// <summary>The keys of an <c>allow</c> or <c>deny</c>.</summary>
    public static ImmutableArray<string> ReasonKeys { get; } = ["reason"];

    public static RuleConfig? Read(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, Shape, Keys, LaterKeys.None, errors) is not { } rule)
        {
            return null;
        }

        var actions = new[] { "require", "allow", "deny" }.Where(rule.Has).ToArray();
        if (actions.Length != 1)
        {
            errors.Add(
                node.Position,
                actions.Length == 0 ? "a rule that does nothing" : string.Join(" and ", actions.Select(a => $"'{a}'")),
                "exactly one of 'require', 'allow' and 'deny'");
        }

        foreach (var key in new[] { "attestations", "signedRepository", "signatureRepository", "platform", "grace" }.Where(k => rule.Has(k) && !rule.Has("require")))
        {
            errors.Add(rule.Optional(key)!.Position, $"'{key}' in a rule that requires no signature", "it together with 'require', or not at all");
        }

        if (rule.Has("requireDigest") && rule.Has("deny"))
        {
            errors.Add(rule.Optional("requireDigest")!.Position, "'requireDigest' in a rule that denies everything", "it together with 'require' or 'allow', or not at all");
        }

        var attestations = rule.List(
            rule.Optional("attestations"), "a list of attestations", PolicyLimits.MaxAttestationsPerRule, nameof(PolicyLimits.MaxAttestationsPerRule));
        return new RuleConfig
        {
            Name = rule.Name(rule.Required("name", "'name: …', by which decisions name it"), "a name"),
            Position = node.Position,
            Images = ScopeReader.ReadImages(rule),
            Namespaces = ScopeReader.ReadNamespaces(rule, errors),
            Mode = DocumentReader.ReadMode(rule),
            Allow = ReadReason(rule, "allow", errors),
            Deny = ReadReason(rule, "deny", errors),
            Require = rule.Optional("require") is { } require ? RequireReader.Read(require, 1, errors) : null,
            Attestations = [.. attestations.Select(n => AttestationReader.Read(n, errors)).OfType<AttestationConfig>()],
            SignedRepository = rule.Text(
                rule.Optional("signedRepository"), "the repository that signatures name, such as 'ghcr.io/org/app'", PolicyLimits.MaxPatternLength),
            SignatureRepository = rule.Text(
                rule.Optional("signatureRepository"), "the repository that signatures lie in, such as 'ghcr.io/org/signatures'", PolicyLimits.MaxPatternLength),
            RequiresDigest = rule.Flag(rule.Optional("requireDigest")) ?? false,
            VerifiesPlatform = rule.Word(rule.Optional("platform"), ("index", false), ("verify", true)) ?? false,
            Grace = DocumentReader.ReadGrace(rule),
        };
    }

    private static string? ReadReason(MappingReader rule, string key, ErrorList errors)
    {
        if (rule.Optional(key) is not { } node || MappingReader.Open(node, Reason, ReasonKeys, LaterKeys.None, errors) is not { } action)
        {
            return null;
        }

        return action.Line(action.Required("reason", Reason), "a sentence")?.Text;
    }
}
