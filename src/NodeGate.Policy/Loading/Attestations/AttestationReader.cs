using System.Collections.Immutable;
using NodeGate.Policy.Conditions;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading.Attestations;

/// <summary>Reads an entry of a rule's <c>attestations</c>.</summary>
internal static class AttestationReader
{
    private const string Shape = "an attestation: {type: …, by: [authorities], conditions: [{path: /json/pointer, equals: …}]}";
    private const string Signature = "https://sigstore.dev/cosign/sign/v1";

    /// <summary>The keys of an attestation.</summary>
    public static ImmutableArray<string> Keys { get; } = ["type", "by", "conditions"];

    public static AttestationConfig? Read(YamlNode node, ErrorList errors)
    {
        const string Type = "a predicate type, such as \"https://slsa.dev/provenance/v1\"";
        const string By = "a list of authorities, any of which may have attested it";
        if (MappingReader.Open(node, Shape, Keys, LaterKeys.None, errors) is not { } attestation)
        {
            return null;
        }

        var type = attestation.Line(attestation.Required("type", $"'type: …', {Type}"), Type);
        if (type?.Text == Signature)
        {
            errors.Add(type.Position, Quote.Of(type.Text), "another predicate type: this one is a signature, which is what 'require' asks for");
        }

        var by = attestation.List(attestation.Required("by", $"'by: […]', {By}"), By, PolicyLimits.MaxRequirementMembers, nameof(PolicyLimits.MaxRequirementMembers));
        var conditions = attestation.List(
            attestation.Optional("conditions"),
            "a list of conditions, or no 'conditions' for any attestation of the type",
            PolicyLimits.MaxConditions,
            nameof(PolicyLimits.MaxConditions));
        return new AttestationConfig(
            type,
            [.. by.Select(n => attestation.Name(n, "the name of an authority")).OfType<Located>()],
            [.. conditions.Select(n => ConditionReader.Read(n, errors)).OfType<PredicateCondition>()]);
    }
}
