using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Attestations;
using NodeGate.Policy.Loading.Trust;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Policy.Tests.Decisions;
using NodeGate.Testing.RealParts;

namespace NodeGate.Policy.Tests;

/// <summary>The schema for editors says what the loader reads: the same keys, and as much of the rest as one place in a document shows.</summary>
public sealed class PolicySchemaTests
{
    private static readonly ImmutableSortedDictionary<string, ImmutableArray<string>> Readers = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        ["$"] = DocumentReader.Keys,
        ["$.properties.metadata"] = DocumentReader.MetadataKeys,
        ["$.$defs.reason"] = RuleReader.ReasonKeys,
        ["$.$defs.namespaces"] = ScopeReader.NamespacesKeys,
        ["$.$defs.rule"] = RuleReader.Keys,
        ["$.$defs.exception"] = ExceptionReader.Keys,
        ["$.$defs.requirement.oneOf[1]"] = RequireReader.Keys,
        ["$.$defs.requirement.oneOf[1].properties.atLeast"] = RequireReader.AtLeastKeys,
        ["$.$defs.attestation"] = AttestationReader.Keys,
        ["$.$defs.condition"] = ConditionReader.Keys,
        ["$.$defs.authority"] = AuthorityReader.Keys,
        ["$.$defs.cosign"] = CosignReader.Keys,
        ["$.$defs.cosign.properties.keys.items"] = CosignReader.KeyKeys,
        ["$.$defs.cosign.properties.transparencyLog"] = TrustReader.LogKeys,
        ["$.$defs.keyless"] = KeylessReader.Keys,
        ["$.$defs.identity"] = KeylessReader.IdentityKeys,
        ["$.$defs.trustRoot"] = TrustRootReader.Keys,
        ["$.$defs.trustRoot.properties.tuf"] = TrustRootReader.TufKeys,
        ["$.$defs.trustRoot.properties.sigstore"] = TrustRootReader.SigstoreKeys,
        ["$.$defs.material.oneOf[1]"] = TrustRootReader.MaterialKeys,
        ["$.$defs.certifier"] = TrustRootReader.MemberKeys("certificates", "uri", isTransparencyLog: false),
        ["$.$defs.certificateLog"] = TrustRootReader.MemberKeys("key", "url", isTransparencyLog: false),
        ["$.$defs.transparencyLog"] = TrustRootReader.MemberKeys("key", "url", isTransparencyLog: true),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    [Fact]
    public void Text_EveryMapping_HasTheKeysOfItsReaderAndNoOthers()
    {
        var found = Mappings(JsonNode.Parse(PolicySchema.Text)!).ToImmutableSortedDictionary(
            m => m.GetPath(), m => string.Join(' ', m["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal)), StringComparer.Ordinal);

        Assert.Equal(Readers.ToImmutableSortedDictionary(r => r.Key, r => string.Join(' ', r.Value.Order(StringComparer.Ordinal)), StringComparer.Ordinal), found);
    }

    [Fact]
    public void Text_EveryMapping_RefusesOtherKeysAndExplainsItsOwn()
    {
        foreach (var mapping in Mappings(JsonNode.Parse(PolicySchema.Text)!))
        {
            Assert.False(mapping["additionalProperties"]!.GetValue<bool>(), mapping.GetPath());
        }

        foreach (var path in new[] { "rule", "exception" })
        {
            var properties = JsonNode.Parse(PolicySchema.Text)!["$defs"]![path]!["properties"]!.AsObject();
            Assert.All(properties, p => Assert.True(p.Value!["description"] is not null || p.Key is "images", p.Key));
        }
    }

    /// <summary>What the loader takes, the schema takes; what one place shows to be wrong, both refuse.</summary>
    [RealPartFact("ajv")]
    public async Task Text_JudgedByAjv_AgreesWithTheLoader()
    {
        string[] good =
        [
            RevisionTests.Text,
            .. ReadmeTests.Policies(),
            .. DecisionTableTests.Policies(),
        ];
        string[] bad =
        [
            .. new[]
            {
                "rulez: []\n", "mode: strict\n", "grace: yes\n", "sandboxImage: deny\n", "unmatched: permit\n", "rules: {}\n", "rules: [text]\n", "exceptions: none\n",
                "rules: [{name: r, images: [nginx]}]\n",
                "rules: [{name: r, images: [], deny: {reason: r}}]\n",
                "rules: [{name: a b, images: [nginx], deny: {reason: r}}]\n",
                "rules: [{name: r, images: [nginx], allow: {reason: r}, deny: {reason: r}}]\n",
                "rules: [{name: r, images: [nginx], platform: verify, allow: {reason: r}}]\n",
                "rules: [{name: r, images: [nginx], namespaces: {}, deny: {reason: r}}]\n",
                "rules: [{name: r, images: [nginx], namespaces: {include: [Prod]}, deny: {reason: r}}]\n",
                "rules: [{name: r, images: [nginx], require: {anyOf: [one], allOf: [two]}}]\n",
                "rules: [{name: r, images: [nginx], require: {atLeast: {count: 0, of: [one]}}}]\n",
                "rules: [{name: r, images: [nginx], require: one, attestations: [{type: t, by: [one], conditions: [{path: /a}]}]}]\n",
                "exceptions: [{name: e, images: [\"nginx:1\"], expires: 2026-12-31T00:00:00Z, owner: o}]\n",
                "exceptions: [{name: e, images: [\"nginx@A\"], expires: 2026-12-31, owner: o}]\n",
                "exceptions: [{name: e, images: [\"nginx@A\"], expires: 2026-12-31T00:00:00Z}]\n",
                "exceptions: [{name: e, images: [\"nginx@A\"], owner: o}]\n",
                "authorities: [{name: a}]\n",
                "authorities: [{name: a, notation: {}}]\n",
                "authorities: [{name: a, cosign: {keys: [{file: one.pub, pem: x}]}}]\n",
                "authorities: [{name: a, keyless: {trustRoot: public-good, identities: [{issuer: i}]}}]\n",
                "trustRoots: [{name: a, trustedRoot: x, tuf: {mirror: \"https://a\", root: b}}]\n",
            }.Select(b => Tests.Policies.Head + Question.Expand(b)),
            "apiVersion: nodegate.dev/v1\nkind: ImagePolicy\n",
        ];
        await using var folder = TestFolder.Create();
        var schema = folder.Write("schema.json", PolicySchema.Text);
        string[] documents = [.. good, .. bad];

        var verdicts = await Ajv.ValidateAsync(schema, documents.Select((d, i) => folder.Write($"{i}.json", ToJson(d))));

        Assert.All(good.Zip(verdicts), g => Assert.True(g.Second is "good", g.Second + "\n" + g.First));
        Assert.All(bad.Zip(verdicts.Skip(good.Length)), b => Assert.True(b.Second.StartsWith("bad", StringComparison.Ordinal), b.First));
        Assert.All(bad, b => Assert.False(Tests.Policies.Load(b).IsLoaded, b));
    }

    /// <summary>Every schema of a mapping whose keys are listed.</summary>
    private static IEnumerable<JsonObject> Mappings(JsonNode node) => node switch
    {
        JsonObject schema => (schema["properties"] is JsonObject && schema["type"] is JsonValue ? [schema] : Array.Empty<JsonObject>())
            .Concat(schema.Where(p => p.Value is not null).SelectMany(p => Mappings(p.Value!))),
        JsonArray list => list.Where(i => i is not null).SelectMany(i => Mappings(i!)),
        _ => [],
    };

    private static string ToJson(string yaml)
    {
        var errors = new ErrorList();
        var node = Assert.Single(YamlReader.Read(new PolicyFile("a.yaml", Encoding.UTF8.GetBytes(yaml)), errors));
        Assert.Equal(0, errors.Count);
        return ToJson(node)!.ToJsonString();
    }

    /// <summary>As an editor reads YAML: what is not quoted may be a number, a truth value or nothing.</summary>
    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.Select(e => KeyValuePair.Create(e.Key, ToJson(e.Value)))),
        YamlSequence list => new JsonArray([.. list.Items.Select(ToJson)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { IsPlain: true, Text: "true" or "false" } flag => JsonValue.Create(flag.Text is "true"),
        YamlScalar { IsPlain: true } scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(((YamlScalar)node).Text),
    };
}
