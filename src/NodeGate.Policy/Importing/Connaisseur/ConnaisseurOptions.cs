using System.Collections.Immutable;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>The <c>with</c> of an entry of <c>policy</c>.</summary>
internal sealed record ConnaisseurOptions(PolicyPosition Position)
{
    private static readonly ImmutableArray<string> AllKeys =
        ["trustRoot", "threshold", "required", "verifyInTransparencyLog", "verifySCT", "delegations", "verificationLevel", "verifyTimestamp", "mode"];

    private static readonly Refusal Ineffective = new("it has no effect with such a validator", "no such option, or the validator that was meant");

    /// <summary>The name of a trust root, or <c>*</c> for all.</summary>
    public string TrustRoot { get; init; } = "default";

    /// <summary>How many trust roots must have signed; 0: it is not said.</summary>
    public int Threshold { get; init; }

    public ImmutableArray<Located> Required { get; init; } = [];

    public bool VerifiesLog { get; init; } = true;

    public bool VerifiesSct { get; init; } = true;

    public ImmutableArray<string> Delegations { get; init; } = [];

    public string Level { get; init; } = "strict";

    public string Timestamps { get; init; } = "always";

    public bool IsForAll => TrustRoot is "*";

    /// <summary>Equal for options that ask for the same.</summary>
    public string Meaning => string.Join(
        '\n', [TrustRoot, $"{Threshold}", $"{VerifiesLog} {VerifiesSct}", Level, Timestamps, .. Required.Select(r => r.Text), "", .. Delegations]);

    /// <summary>Reads the options that <paramref name="validator"/> heeds; the others are refused.</summary>
    public static ConnaisseurOptions Read(YamlNode? node, PolicyPosition rule, ConnaisseurValidator validator, ImportContext context)
    {
        ImmutableArray<string> heeded = validator switch
        {
            ConnaisseurValidator.Cosign => ["trustRoot", "threshold", "required", "verifyInTransparencyLog", "verifySCT", "mode"],
            ConnaisseurValidator.Notation => ["trustRoot", "verificationLevel", "verifyTimestamp", "mode"],
            ConnaisseurValidator.NotaryV1 => ["trustRoot", "delegations", "mode"],
            _ => ["mode"],
        };
        var keys = new ForeignKeys
        {
            What = $"the options of the validator '{validator.Name}'",
            Read = heeded,
            Refused = AllKeys.Except(heeded).ToImmutableDictionary(k => k, _ => Ineffective, StringComparer.Ordinal),
        };
        if (node is null || keys.Open(node, context) is not { } with)
        {
            return new ConnaisseurOptions(rule);
        }

        if (with.Word(with.Optional("mode"), ("mutate", false), ("insecureValidateOnly", true)) is true)
        {
            context.Note(with.Optional("mode")!.Position, "'mode: insecureValidateOnly' is gone: NodeGate pulls the digest that it verified in any case");
        }

        var defaults = new ConnaisseurOptions(node.Position);
        return defaults with
        {
            TrustRoot = with.Line(with.Optional("trustRoot"), "the name of a trust root, or '*' for all")?.Text ?? defaults.TrustRoot,
            Threshold = ReadThreshold(with),
            Required = [.. ReadNames(with, "required")],
            VerifiesLog = with.Flag(with.Optional("verifyInTransparencyLog")) ?? true,
            VerifiesSct = with.Flag(with.Optional("verifySCT")) ?? true,
            Delegations = [.. ReadNames(with, "delegations").Select(d => d.Text)],
            Level = Word(with, "verificationLevel", "strict", "permissive", "audit") ?? defaults.Level,
            Timestamps = Word(with, "verifyTimestamp", "always", "afterCertExpiry") ?? defaults.Timestamps,
        };
    }

    private static int ReadThreshold(MappingReader with) =>
        with.Optional("threshold") is YamlScalar { IsPlain: true, Text: "0" } ? 0 : with.Count(with.Optional("threshold")) ?? 0;

    private static IEnumerable<Located> ReadNames(MappingReader with, string key) =>
        with.List(with.Optional(key), $"a list of names, or no '{key}'", PolicyLimits.MaxRequirementMembers, nameof(PolicyLimits.MaxRequirementMembers))
            .Select(n => with.Line(n, "a name")).OfType<Located>();

    private static string? Word(MappingReader with, string key, params string[] words) =>
        with.Word(with.Optional(key), words.Select((word, i) => (word, i)).ToArray()) is { } i ? words[i] : null;
}
