using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>
/// Connaisseur: the Helm values of its chart (version 3), their <c>application</c> alone, or the <c>config.yaml</c> that the chart renders.
/// </summary>
internal sealed class ConnaisseurImport : IPolicyImport
{
    private static readonly ForeignKeys Values = new() { What = "Connaisseur's Helm values", Read = ["application"], Ignored = ["kubernetes", "alerting"] };

    private static readonly ForeignKeys Application = new()
    {
        What = "Connaisseur's 'validators' and 'policy', with 'features' or without",
        Read = ["validators", "policy", "features"],
        Ignored = ["alerting", "logLevel"],
    };

    private static readonly ForeignKeys Features = new()
    {
        What = "Connaisseur's features",
        Read = ["detectionMode", "namespacedValidation", "automaticChildApproval", "automaticUnchangedApproval"],
        Ignored = ["cache", "resourceValidationMode"],
    };

    private static readonly ForeignKeys Namespaced = new() { What = "{mode: ignore} or {mode: validate}", Read = ["mode", "enabled"] };

    private static readonly ForeignKeys Rule = new()
    {
        What = "an entry of the policy: its pattern, its validator, and its options",
        Read = ["pattern", "validator", "with"],
    };

    public string Expected => "Connaisseur's Helm values, or its config.yaml, with 'validators' and 'policy'";

    public NativePolicy Read(ImmutableArray<YamlNode> documents, ImportContext context)
    {
        var first = documents[0];
        var policy = new NativePolicy { Name = "connaisseur", Origin = first.Position, Unmatched = UnmatchedAction.Deny, Rules = [] };
        if (documents.Length > 1)
        {
            context.Errors.Add(documents[1].Position, "a second document", "one: the values of one Connaisseur");
        }

        var hasApplication = first is YamlMapping values && values.Entries.Any(e => e.Key == "application");
        var root = hasApplication ? Values.Open(first, context)?.Optional("application") : first;
        if (root is null || Application.Open(root, context) is not { } application)
        {
            return policy;
        }

        var features = application.Optional("features") is { } node ? Features.Open(node, context) : null;
        var validators = ReadValidators(application, context);
        var authorities = new ConnaisseurAuthorities(context);
        var items = application.List(
            application.Required("policy", "'policy: […]', the rules"), "a list of rules", PolicyLimits.MaxRules, nameof(PolicyLimits.MaxRules));
        var rules = ConnaisseurOrder.Decisive([.. items.Select(i => ReadRule(i, validators, authorities, context)).OfType<ConnaisseurRule>()], context);
        var guards = ConnaisseurOrder.Check(rules, context);
        NoteDifferences(features, rules, context);
        return policy with
        {
            Mode = features?.Flag(features.Optional("detectionMode")) is true ? PolicyMode.Audit : PolicyMode.Enforce,
            TrustRoots = authorities.TrustRoots,
            Authorities = authorities.Authorities,
            Rules = Write(rules, guards),
        };
    }

    private static ImmutableArray<ConnaisseurValidator> ReadValidators(MappingReader application, ImportContext context)
    {
        var items = application.List(
            application.Required("validators", "'validators: […]'"), "a list of validators", PolicyLimits.MaxAuthorities, nameof(PolicyLimits.MaxAuthorities));
        return [.. items.Select(i => ConnaisseurValidatorReader.Read(i, context)).OfType<ConnaisseurValidator>()];
    }

    private static ConnaisseurRule? ReadRule(
        YamlNode node, ImmutableArray<ConnaisseurValidator> validators, ConnaisseurAuthorities authorities, ImportContext context)
    {
        if (Rule.Open(node, context) is not { } rule
            || rule.Text(rule.Required("pattern", "'pattern: …'"), "a pattern", PolicyLimits.MaxPatternLength) is not { } text)
        {
            return null;
        }

        var pattern = ConnaisseurPattern.Read(text, context);
        var name = rule.Line(rule.Optional("validator"), "the name of a validator")?.Text ?? "default";
        if (validators.FirstOrDefault(v => v.Name == name) is not { } validator)
        {
            // Of a list of which some entry was refused, this may be the one.
            context.Errors.Add(
                rule.Position,
                $"the validator {Quote.Of(name)}, which is not there",
                "the name of one of 'validators'; without 'validator' it is 'default'");
            return null;
        }

        var options = ConnaisseurOptions.Read(rule.Optional("with"), rule.Position, validator, context);
        var meaning = validator is ConnaisseurValidator.Static { Approves: var approves } ? $"static {approves}" : $"{validator.Name}\n{options.Meaning}";
        return authorities.ActionOf(validator, options) is { } action && pattern is not null ? new ConnaisseurRule(pattern, action, meaning) : null;
    }

    private static void NoteDifferences(MappingReader? features, ImmutableArray<ConnaisseurRule> rules, ImportContext context)
    {
        if (rules.Any(r => !r.Pattern.IsEverything))
        {
            context.Note("patterns are compared from the registry on; Connaisseur also finds them inside a name, and such images are denied or judged by the rule of their own registry");
        }

        if (features is null)
        {
            return;
        }

        if (features.Flag(features.Optional("automaticChildApproval")) is not false)
        {
            context.Note("automaticChildApproval has no counterpart: NodeGate judges each image when it is pulled, whoever made the pod");
        }

        if (features.Flag(features.Optional("automaticUnchangedApproval")) is true)
        {
            context.Note("automaticUnchangedApproval has no counterpart: NodeGate judges an image again once its admission is older than 'cache.admittedFor'");
        }

        if (features.Optional("namespacedValidation") is not { } node || Namespaced.Open(node, context) is not { } namespaced || namespaced.Flag(namespaced.Optional("enabled")) is false)
        {
            return;
        }

        const string Label = "the label securesystemsengineering.connaisseur/webhook";
        if (namespaced.Word(namespaced.Optional("mode"), ("ignore", false), ("validate", true)) is true)
        {
            context.Refuse(
                node.Position,
                "'namespacedValidation: {mode: validate}'",
                $"which namespaces have {Label}=validate is not in this file, and all others would be judged as well",
                "'mode: ignore' here, and 'namespaces: {include: […]}' with those namespaces in each rule of the policy that was imported");
        }
        else
        {
            context.Note(node.Position, $"namespaces with {Label}=ignore are judged like all others: name them below 'namespaces: {{exclude: […]}}' of the rules");
        }
    }

    private static ImmutableArray<NativeRule> Write(ImmutableArray<ConnaisseurRule> rules, ImmutableArray<ConnaisseurGuard> guards)
    {
        var names = new NativeNames();
        return
        [
            .. rules.Select(rule => new NativeRule(
                names.Unique(rule.Pattern.IsEverything ? "everything" : rule.Pattern.Text), rule.Pattern.Position, $"{rule.Pattern.Position}: {rule.Pattern}")
            {
                Images = [rule.Pattern.Image],
                Action = rule.Action,
            }),
            .. guards.Select(guard => new NativeRule(names.Unique(guard.Name), guard.Origin.Position, guard.Why) { Images = guard.Images, Action = guard.Action }),
        ];
    }
}
