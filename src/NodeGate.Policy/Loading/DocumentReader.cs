using System.Collections.Immutable;
using NodeGate.Policy.Loading.Trust;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading;

/// <summary>Reads one document of design.md section 6 as it is written.</summary>
internal static class DocumentReader
{
    private const string ApiVersion = "nodegate.dev/v1";
    private const string Kind = "ImagePolicy";

    /// <summary>The keys of a document.</summary>
    public static ImmutableArray<string> Keys { get; } =
        ["apiVersion", "kind", "metadata", "mode", "grace", "unmatched", "sandboxImage", "trustRoots", "authorities", "rules", "exceptions"];

    /// <summary>The keys of a <c>metadata</c>.</summary>
    public static ImmutableArray<string> MetadataKeys { get; } = ["name"];

    public static DocumentConfig? Read(YamlNode root, ErrorList errors)
    {
        var document = MappingReader.Open(root, $"a document with 'apiVersion: {ApiVersion}' and 'kind: {Kind}'", Keys, LaterKeys.None, errors);
        if (document is null)
        {
            return null;
        }

        Literal(document, "apiVersion", ApiVersion);
        Literal(document, "kind", Kind);
        var unmatchedNode = document.Optional("unmatched");
        var unmatched = document.Word(unmatchedNode, ("deny", UnmatchedAction.Deny), ("allow", UnmatchedAction.Allow));
        return new DocumentConfig(
            ReadName(document, errors),
            ReadMode(document) ?? PolicyMode.Enforce,
            ReadGrace(document) ?? false,
            unmatched is { } action ? new UnmatchedConfig(action, unmatchedNode!.Position) : null,
            document.Word(document.Optional("sandboxImage"), ("observe", SandboxImageMode.Observe), ("enforce", SandboxImageMode.Enforce)) ?? SandboxImageMode.Observe,
            [.. Items(document, "trustRoots", "a list of trust roots", PolicyLimits.MaxTrustRoots, nameof(PolicyLimits.MaxTrustRoots))
                .Select(n => TrustRootReader.Read(n, errors)).OfType<TrustRootConfig>()],
            [.. Items(document, "authorities", "a list of authorities", PolicyLimits.MaxAuthorities, nameof(PolicyLimits.MaxAuthorities))
                .Select(n => AuthorityReader.Read(n, errors)).OfType<AuthorityConfig>()],
            [.. Items(document, "rules", "a list of rules", PolicyLimits.MaxRules, nameof(PolicyLimits.MaxRules))
                .Select(n => RuleReader.Read(n, errors)).OfType<RuleConfig>()],
            [.. Items(document, "exceptions", "a list of exceptions", PolicyLimits.MaxExceptions, nameof(PolicyLimits.MaxExceptions))
                .Select(n => ExceptionReader.Read(n, errors)).OfType<ExceptionConfig>()]);
    }

    /// <summary>A <c>mode</c>, of a document or a rule.</summary>
    public static PolicyMode? ReadMode(MappingReader mapping) =>
        mapping.Word(mapping.Optional("mode"), ("enforce", PolicyMode.Enforce), ("audit", PolicyMode.Audit));

    /// <summary>A <c>grace</c>, of a document or a rule.</summary>
    public static bool? ReadGrace(MappingReader mapping) => mapping.Word(mapping.Optional("grace"), ("allow", true), ("deny", false));

    private static Located? ReadName(MappingReader document, ErrorList errors)
    {
        if (document.Required("metadata", "'metadata: {name: …}'") is not { } node
            || MappingReader.Open(node, "a mapping with 'name'", MetadataKeys, LaterKeys.None, errors) is not { } metadata)
        {
            return null;
        }

        return metadata.Name(metadata.Required("name", "'name: …', the name of this document"), "a name");
    }

    /// <summary>An empty list is a list here: a document of rules alone, or of authorities alone, is one.</summary>
    private static ImmutableArray<YamlNode> Items(MappingReader document, string key, string expected, int max, string limit) =>
        document.Optional(key) is { } node and not YamlSequence { Items.IsEmpty: true } ? document.List(node, expected, max, limit) : [];

    private static void Literal(MappingReader document, string key, string value)
    {
        if (document.Required(key, $"'{key}: {value}'") is { } node)
        {
            _ = document.Word(node, (value, true));
        }
    }
}
