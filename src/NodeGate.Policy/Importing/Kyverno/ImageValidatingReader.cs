using System.Collections.Immutable;
using NodeGate.Policy.Importing.Joining;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>Reads an ImageValidatingPolicy whose validations say nothing but that attestors signed.</summary>
internal sealed class ImageValidatingReader(NativeBook book, ImportContext context)
{
    // No expression of the one form that is understood is longer.
    private const int MaxExpressionLength = 4096;

    private static readonly Refusal NoExpressions = new("NodeGate has no CEL", "a rule by hand");
    private static readonly Refusal NotSeen = new("a node sees the image and the namespace of a pod, not its labels or its owner", "a rule by hand with 'namespaces' where that says it");

    private static readonly ForeignKeys Object = new()
    {
        What = "an ImageValidatingPolicy: {apiVersion, kind, metadata, spec}",
        Read = ["apiVersion", "kind", "metadata", "spec"],
        Ignored = ["status"],
    };

    private static readonly ForeignKeys Spec = new()
    {
        What = "the spec: {matchImageReferences: […], attestors: […], validations: […]}",
        Read = ["validationActions", "matchConstraints", "matchImageReferences", "attestors", "validations", "validationConfigurations", "evaluation", "failurePolicy"],
        Ignored = ["webhookConfiguration", "autogen", "auditAnnotations", "credentials"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("matchConditions", NoExpressions).Add("variables", NoExpressions).Add("images", NoExpressions)
            .Add("attestations", new Refusal("what of them is asked is said in CEL", "'attestations' of a rule by hand")),
    };

    private static readonly ForeignKeys Constraints = new()
    {
        What = "matchConstraints: {resourceRules: […]}",
        Read = ["resourceRules", "namespaceSelector"],
        Ignored = ["matchPolicy"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("objectSelector", NotSeen).Add("excludeResourceRules", NotSeen),
    };

    private static readonly ForeignKeys ResourceRule = new()
    {
        What = "a resource rule: {resources: [pods], operations: [CREATE]}",
        Read = ["resources", "operations"],
        Ignored = ["apiGroups", "apiVersions", "scope"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("resourceNames", NotSeen),
    };

    private static readonly ForeignKeys Reference = new()
    {
        What = "{glob: …}",
        Read = ["glob"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("expression", NoExpressions),
    };

    private static readonly ForeignKeys Validation = new()
    {
        What = "a validation: {expression: …}",
        Read = ["expression"],
        Ignored = ["message", "messageExpression", "reason"],
    };

    private static readonly ForeignKeys Configurations = new()
    {
        What = "validationConfigurations",
        Read = ["mutateDigest", "verifyDigest"],
        Ignored = ["required"],
    };

    private static readonly ForeignKeys Evaluation = new() { What = "evaluation", Read = ["mode", "admission"], Ignored = ["background"] };

    public ImmutableArray<Demand> Read(YamlNode document, bool isNamespaced)
    {
        if (Object.Open(document, context) is not { } policy
            || KubernetesObjects.NameOf(policy, context) is not ({ } name, var @namespace)
            || policy.Required("spec", Spec.What) is not { } specNode || Spec.Open(specNode, context) is not { } spec)
        {
            return [];
        }

        RefuseEvaluation(spec);
        RefuseConstraints(spec);
        var attestors = new ValidatingAttestorReader(book, context);
        attestors.Read(spec.Required("attestors", "'attestors: […]'"));
        var requirement = ReadValidations(spec, attestors);
        var configurations = spec.Optional("validationConfigurations") is { } c ? Configurations.Open(c, context) : null;
        return requirement is null ? [] :
        [
            new Demand(name.Text, document.Position, $"{document.Position.File}:{document.Position.Line} Kyverno ImageValidatingPolicy {name.Text}")
            {
                Patterns = ReadPatterns(spec),
                IncludedNamespaces = isNamespaced ? [@namespace ?? "default"] : [],
                Mode = ReadMode(spec),
                Requirement = requirement,
                SignatureRepository = attestors.Repository,
                RequiresDigest = configurations?.Flag(configurations.Optional("mutateDigest")) is false && configurations.Flag(configurations.Optional("verifyDigest")) is not false,
            },
        ];
    }

    private static PolicyMode ReadMode(MappingReader spec)
    {
        var actions = Texts(spec.Optional("validationActions"));
        return actions.Length == 0 || actions.Contains("Deny") ? PolicyMode.Enforce : PolicyMode.Audit;
    }

    private void RefuseEvaluation(MappingReader spec)
    {
        if (spec.Optional("evaluation") is { } node && Evaluation.Open(node, context) is { } evaluation
            && (evaluation.Optional("mode") is YamlScalar { Text: not "Kubernetes" } || evaluation.Has("admission")))
        {
            context.Refuse(
                node.Position,
                "an evaluation that is not that of pods at admission",
                "a node sees the images of pods",
                "a policy without 'evaluation'");
        }

        if (spec.Optional("failurePolicy") is YamlScalar { Text: "Ignore" } ignore)
        {
            context.Note(ignore.Position, "Kyverno admits everything while it cannot be reached ('failurePolicy: Ignore'); NodeGate refuses what it cannot verify");
        }
    }

    private void RefuseConstraints(MappingReader spec)
    {
        if (spec.Optional("matchConstraints") is not { } node || Constraints.Open(node, context) is not { } constraints)
        {
            return;
        }

        if (constraints.Optional("namespaceSelector") is { } selector and not YamlMapping { Entries.IsEmpty: true })
        {
            context.Refuse(selector.Position, "'namespaceSelector'", NotSeen);
        }

        var rules = ((constraints.Optional("resourceRules") as YamlSequence)?.Items ?? []).Select(r => ResourceRule.Open(r, context)).OfType<MappingReader>().ToArray();
        if (!Array.Exists(rules, r => Texts(r.Optional("resources")).Intersect(["pods", "*"]).Any() && Texts(r.Optional("operations")).Intersect(["CREATE", "*"]).Any()))
        {
            context.Refuse(
                node.Position,
                "'matchConstraints' without the creation of pods",
                "a node sees the images of pods, whatever they belong to",
                "'resources: [pods]' and 'operations: [CREATE]'");
        }
    }

    private ImmutableArray<ImagePattern> ReadPatterns(MappingReader spec)
    {
        var items = spec.List(
            spec.Required("matchImageReferences", "'matchImageReferences: […]'"), "a list", PolicyLimits.MaxPatternsPerRule, nameof(PolicyLimits.MaxPatternsPerRule));
        return
        [
            .. items.Select(i => Reference.Open(i, context) is { } r ? r.Text(r.Required("glob", Reference.What), "a glob", PolicyLimits.MaxPatternLength) : null)
                .OfType<Located>().Select(g => KyvernoPattern.Read(g, asWritten: true, context)).OfType<ImagePattern>().DistinctBy(p => p.Text),
        ];
    }

    /// <summary>Each validation asks one kind of container; all kinds that are asked must be asked the same, since a node cannot tell them apart.</summary>
    private NativeRequirement? ReadValidations(MappingReader spec, ValidatingAttestorReader attestors)
    {
        var items = spec.List(spec.Required("validations", "'validations: […]'"), "a list", PolicyLimits.MaxRules, nameof(PolicyLimits.MaxRules));
        var asked = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (Validation.Open(item, context) is not { } validation
                || validation.Text(validation.Required("expression", Validation.What), "an expression", MaxExpressionLength) is not { } expression)
            {
                return null;
            }

            if (SignatureExpression.Read(expression.Text) is not { } signed)
            {
                context.Refuse(
                    expression.Position, "an expression of another form", "NodeGate has no CEL",
                    "'images.containers.map(image, verifyImageSignatures(image, [attestors.NAME])).all(e, e > 0)', or a rule by hand");
                return null;
            }

            asked.TryAdd(signed.Containers, []);
            asked[signed.Containers].Add(string.Join(',', signed.Attestors.Order(StringComparer.Ordinal)));
        }

        if (!asked.TryGetValue("containers", out var ofContainers) || asked.Values.Any(a => !a.Order(StringComparer.Ordinal).SequenceEqual(ofContainers.Order(StringComparer.Ordinal))))
        {
            context.Refuse(
                spec.Position,
                "validations that ask different things of different kinds of containers",
                "a node sees images, not what kind of container they are for",
                "the same validation for each kind");
            return null;
        }

        if (asked.Count < 3)
        {
            context.Note(spec.Position, "the validations ask some kinds of containers alone; a node cannot tell kinds apart, and these rules hold for the images of all");
        }

        ImmutableArray<NativeRequirement?> each = [.. ofContainers.Select(names => attestors.AnyOf(names.Split(','), spec.Position))];
        return each.Any(r => r is null) ? null : NativeRequirement.All([.. each.OfType<NativeRequirement>()]);
    }

    private static string[] Texts(YamlNode? node) => [.. ((node as YamlSequence)?.Items ?? []).OfType<YamlScalar>().Select(s => s.Text)];
}
