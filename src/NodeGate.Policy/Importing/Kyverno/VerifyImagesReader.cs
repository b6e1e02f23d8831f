using System.Collections.Immutable;
using NodeGate.Policy.Importing.Joining;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>Reads the <c>verifyImages</c> of a ClusterPolicy or Policy.</summary>
internal sealed class VerifyImagesReader(NativeBook book, ImportContext context)
{
    private static readonly Refusal Variables = new("NodeGate has no variables and no expressions of Kyverno", "a rule by hand");
    private static readonly Refusal OtherRule = new("it is no image verification, and stays with Kyverno", "a file with the rules that have 'verifyImages' alone");
    private static readonly Refusal Deprecated = new("Kyverno reads it in its own ways by version", "'attestors' and 'imageReferences', which took its place");

    private static readonly ForeignKeys Object = new()
    {
        What = "a Kyverno policy: {apiVersion, kind, metadata, spec}",
        Read = ["apiVersion", "kind", "metadata", "spec"],
        Ignored = ["status"],
    };

    private static readonly ForeignKeys Spec = new()
    {
        What = "the spec: {rules: […]}",
        Read = ["rules", "validationFailureAction", "failurePolicy", "applyRules", "admission", "webhookConfiguration"],
        Ignored = ["background", "webhookTimeoutSeconds", "schemaValidation", "generateExisting", "generateExistingOnPolicyUpdate", "mutateExistingOnPolicyUpdate", "useServerSideApply", "emitWarning"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("validationFailureActionOverrides", new Refusal("the mode of a rule is one for all its namespaces", "rules by hand with 'namespaces' and 'mode'")),
    };

    private static readonly ForeignKeys Webhook = new()
    {
        What = "the webhookConfiguration",
        Read = [],
        Ignored = ["failurePolicy", "timeoutSeconds"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("matchConditions", Variables),
    };

    private static readonly ForeignKeys Rule = new()
    {
        What = "a rule: {name: …, match: {…}, verifyImages: […]}",
        Read = ["name", "match", "exclude", "verifyImages"],
        Ignored = ["skipBackgroundRequests", "reportProperties"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("context", Variables).Add("preconditions", Variables).Add("celPreconditions", Variables).Add("imageExtractors", Variables)
            .Add("validate", OtherRule).Add("mutate", OtherRule).Add("generate", OtherRule),
    };

    private static readonly ForeignKeys Verify = new()
    {
        What = "an entry of verifyImages: {imageReferences: […], attestors: […]}",
        Read = ["imageReferences", "skipImageReferences", "type", "attestors", "attestations", "repository", "mutateDigest", "verifyDigest", "required", "failureAction"],
        Ignored = ["imageRegistryCredentials", "useCache"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("image", Deprecated).Add("key", Deprecated).Add("roots", Deprecated).Add("subject", Deprecated).Add("issuer", Deprecated)
            .Add("additionalExtensions", Deprecated)
            .Add("annotations", AttestorReader.Annotations)
            .Add("cosignOCI11", new Refusal("it makes Kyverno look for signatures in another place", "no 'cosignOCI11'"))
            .Add("validate", Variables),
    };

    public ImmutableArray<Demand> Read(YamlNode document, bool isNamespaced)
    {
        if (Object.Open(document, context) is not { } policy
            || KubernetesObjects.NameOf(policy, context) is not ({ } name, var @namespace)
            || policy.Required("spec", Spec.What) is not { } specNode || Spec.Open(specNode, context) is not { } spec)
        {
            return [];
        }

        RefuseSpec(spec);
        ImmutableArray<string> own = isNamespaced ? [@namespace ?? "default"] : [];
        var mode = Mode(spec, "validationFailureAction") ?? PolicyMode.Audit;
        var rules = spec.List(spec.Required("rules", "'rules: […]'"), "a list of rules", PolicyLimits.MaxRules, nameof(PolicyLimits.MaxRules));
        return [.. rules.SelectMany(r => ReadRule(r, name.Text, own, mode))];
    }

    private void RefuseSpec(MappingReader spec)
    {
        if (spec.Optional("applyRules") is YamlScalar { Text: "One" } one)
        {
            context.Refuse(one.Position, "'applyRules: One'", "the order of rules means nothing here", "rules by hand");
        }

        if (spec.Optional("admission") is YamlScalar { Text: "false" } off)
        {
            context.Refuse(off.Position, "'admission: false'", "the policy refuses nothing", "no such policy, or one with 'mode: audit' by hand");
        }

        if (spec.Optional("webhookConfiguration") is { } webhook)
        {
            _ = Webhook.Open(webhook, context);
        }

        if (spec.Optional("failurePolicy") is YamlScalar { Text: "Ignore" } ignore)
        {
            context.Note(ignore.Position, "Kyverno admits everything while it cannot be reached ('failurePolicy: Ignore'); NodeGate refuses what it cannot verify");
        }
    }

    private IEnumerable<Demand> ReadRule(YamlNode node, string policy, ImmutableArray<string> own, PolicyMode mode)
    {
        if (Rule.Open(node, context) is not { } rule)
        {
            return [];
        }

        var name = rule.Line(rule.Required("name", "'name: …'"), "a name")?.Text ?? "";
        var included = rule.Required("match", "'match: {any: [{resources: {kinds: [Pod]}}]}'") is { } match ? ResourceMatch.ReadMatch(match, context) : [];
        var excluded = rule.Optional("exclude") is { } exclude ? ResourceMatch.ReadExclude(exclude, context) : [];
        if (!own.IsEmpty && (!included.IsEmpty || !excluded.IsEmpty))
        {
            context.Refuse(
                node.Position,
                "namespaces in a Policy, which has its own",
                "they are joined in ways that 'namespaces' does not have",
                "a ClusterPolicy with these namespaces");
        }

        var entries = rule.List(rule.Required("verifyImages", "'verifyImages: […]'"), "a list", PolicyLimits.MaxRules, nameof(PolicyLimits.MaxRules));
        return entries.Select((entry, i) => ReadEntry(entry, entries.Length == 1 ? name : $"{name}-{i + 1}", policy, mode)).OfType<Demand>()
            .Select(d => d with { IncludedNamespaces = own.IsEmpty ? included : own, ExcludedNamespaces = excluded }).ToArray();
    }

    private Demand? ReadEntry(YamlNode node, string name, string policy, PolicyMode mode)
    {
        if (Verify.Open(node, context) is not { } entry)
        {
            return null;
        }

        if (entry.Optional("required") is { } required && entry.Flag(required) is false)
        {
            context.Refuse(required.Position, "'required: false'", "Kyverno then admits images that it did not verify", "no such rule, or 'mode: audit'");
        }

        var reader = new AttestorReader(name, ReadType(entry), book, context);
        if (entry.Optional("repository") is { } repository)
        {
            reader.Repository = entry.Line(repository, "a repository")?.Text;
        }

        var requirement = reader.ReadSets(entry.Optional("attestors"));
        var attestations = reader.ReadAttestations(entry.Optional("attestations"));
        if (requirement is null && attestations.IsEmpty)
        {
            context.Refuse(node.Position, "neither attestors nor attestations", "Kyverno verifies nothing by it", "'attestors'");
        }

        return new Demand($"{policy}-{name}", node.Position, $"{node.Position.File}:{node.Position.Line} Kyverno {policy}, rule {name}")
        {
            Patterns = Patterns(entry.Required("imageReferences", "'imageReferences: […]'")),
            Skipped = Patterns(entry.Optional("skipImageReferences")),
            Mode = Mode(entry, "failureAction") ?? mode,
            Requirement = requirement,
            Attestations = attestations,
            SignatureRepository = reader.Repository,
            RequiresDigest = entry.Flag(entry.Optional("mutateDigest")) is false && entry.Flag(entry.Optional("verifyDigest")) is not false,
        };
    }

    private ImmutableArray<ImagePattern> Patterns(YamlNode? node)
    {
        if (node is YamlSequence list)
        {
            return
            [
                .. list.Items.OfType<YamlScalar>().Select(i => KyvernoPattern.Read(new Located(i.Text, i.Position), asWritten: false, context))
                    .OfType<ImagePattern>().DistinctBy(p => p.Text),
            ];
        }

        if (node is not null)
        {
            context.Errors.Add(node, "a list of patterns");
        }

        return [];
    }

    private static KyvernoType ReadType(MappingReader entry) =>
        entry.Word(entry.Optional("type"), ("Cosign", KyvernoType.Cosign), ("SigstoreBundle", KyvernoType.SigstoreBundle), ("Notary", KyvernoType.Notary)) ?? KyvernoType.Cosign;

    private static PolicyMode? Mode(MappingReader mapping, string key) => mapping.Word(
        mapping.Optional(key), ("Enforce", PolicyMode.Enforce), ("enforce", PolicyMode.Enforce), ("Audit", PolicyMode.Audit), ("audit", PolicyMode.Audit));
}
