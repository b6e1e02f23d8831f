using System.Collections.Immutable;
using NodeGate.Policy.Importing.Joining;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.ClusterImagePolicies;

/// <summary>ClusterImagePolicy of Sigstore's policy-controller: all policies that match an image hold, any authority of each.</summary>
internal sealed class ClusterImagePolicyImport : IPolicyImport
{
    private const string Kind = "ClusterImagePolicy";
    private const string Group = "policy.sigstore.dev/";
    private const string ByHand = "a rule by hand, with 'namespaces' where that says it";

    private static readonly ForeignKeys Object = new()
    {
        What = "a ClusterImagePolicy: {apiVersion, kind, metadata, spec}",
        Read = ["apiVersion", "kind", "metadata", "spec"],
        Ignored = ["status"],
    };

    private static readonly ForeignKeys Spec = new()
    {
        What = "the spec: {images: […], authorities: […]}",
        Read = ["images", "authorities", "mode"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("policy", new Refusal("NodeGate has no CUE and no Rego", "'atLeast' for how many must sign, and 'attestations' with 'conditions'"))
            .Add("match", new Refusal("a node sees images, not the kind and the labels of what a pod belongs to", ByHand)),
    };

    private static readonly ForeignKeys Image = new() { What = "an image: {glob: …}", Read = ["glob"] };

    private static readonly ForeignKeys Settings = new() { What = "the ConfigMap config-policy-controller", Read = ["apiVersion", "kind", "metadata", "data"] };

    private static readonly ForeignKeys SettingsData = new()
    {
        What = "the data of config-policy-controller",
        Read = ["no-match-policy"],
        Ignored = ["_example", "fail-on-empty-authorities"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("enable-oci11", new Refusal("it makes policy-controller look for signatures in more places", "'formats' of each authority")),
    };

    public string Expected => "a ClusterImagePolicy of policy.sigstore.dev";

    public NativePolicy Read(ImmutableArray<YamlNode> documents, ImportContext context)
    {
        var book = new NativeBook();
        var demands = ImmutableArray.CreateBuilder<Demand>();
        var (unmatched, mode) = (UnmatchedAction.Deny, PolicyMode.Enforce);
        foreach (var document in KubernetesObjects.Flatten(documents, context))
        {
            var (api, kind) = KubernetesObjects.ApiOf(document);
            if (kind == Kind && api is Group + "v1beta1" or Group + "v1alpha1")
            {
                if (ReadPolicy(document, book, context) is { } demand)
                {
                    demands.Add(demand);
                }
            }
            else if (kind == "ConfigMap")
            {
                (unmatched, mode) = ReadSettings(document, context);
            }
            else
            {
                context.Errors.Add(
                    document.Position,
                    $"{Quote.Of(kind)} of {Quote.Of(api)}",
                    Expected + " (v1beta1 or v1alpha1), or the ConfigMap config-policy-controller");
            }
        }

        CosignNotes.Add(context);
        context.Note("policy-controller looks only at namespaces with its label; these rules hold in all: give them 'namespaces' where that is not meant");
        if (unmatched == UnmatchedAction.Deny && mode == PolicyMode.Enforce)
        {
            context.Note("images that no rule matches are refused, as policy-controller does unless its no-match-policy says otherwise");
        }

        var all = demands.DrainToImmutable();
        return new NativePolicy
        {
            Name = "imported-cluster-image-policies",
            Origin = documents[0].Position,
            Unmatched = unmatched,
            Mode = mode,
            Rules = context.Errors.Count > 0 ? [] : new RuleJoiner(all, "no policy matches it", context).Join(),
            Authorities = book.Authorities,
            TrustRoots = book.TrustRoots,
        };
    }

    private static Demand? ReadPolicy(YamlNode document, NativeBook book, ImportContext context)
    {
        if (Object.Open(document, context) is not { } policy)
        {
            return null;
        }

        var name = KubernetesObjects.NameOf(policy, context).Name;
        if (policy.Required("spec", Spec.What) is not { } specNode || Spec.Open(specNode, context) is not { } spec || name is null)
        {
            return null;
        }

        var patterns = ReadImages(spec, context);
        var demand = new Demand(name.Text, document.Position, $"{document.Position.File}:{document.Position.Line} ClusterImagePolicy {name.Text}")
        {
            Patterns = patterns,
            Mode = spec.Word(spec.Optional("mode"), ("enforce", PolicyMode.Enforce), ("warn", PolicyMode.Audit)) ?? PolicyMode.Enforce,
        };
        return new AuthorityListReader(name.Text, book, context).Read(spec.Optional("authorities"), specNode.Position, demand);
    }

    private static ImmutableArray<ImagePattern> ReadImages(MappingReader spec, ImportContext context)
    {
        const string Shape = "a list of images, each {glob: …}";
        var patterns = ImmutableArray.CreateBuilder<ImagePattern>();
        var items = spec.List(spec.Required("images", Shape), Shape, PolicyLimits.MaxPatternsPerRule, nameof(PolicyLimits.MaxPatternsPerRule));
        foreach (var item in items)
        {
            if (Image.Open(item, context) is { } image
                && image.Text(image.Required("glob", Image.What), "a glob", PolicyLimits.MaxPatternLength) is { } glob
                && ControllerGlob.Read(glob, context) is { } pattern
                && patterns.All(p => p.Text != pattern.Text))
            {
                patterns.Add(pattern);
            }
        }

        return patterns.DrainToImmutable();
    }

    /// <summary>A warning for images that no policy matches is audit mode: it is the document's, and each rule has its own.</summary>
    private static (UnmatchedAction Unmatched, PolicyMode Mode) ReadSettings(YamlNode document, ImportContext context)
    {
        if (Settings.Open(document, context) is not { } settings || settings.Optional("data") is not { } node || SettingsData.Open(node, context) is not { } data)
        {
            return (UnmatchedAction.Deny, PolicyMode.Enforce);
        }

        if (KubernetesObjects.NameOf(settings, context).Name is { Text: not "config-policy-controller" } other)
        {
            context.Errors.Add(other.Position, Quote.Of(other.Text), "the ConfigMap config-policy-controller, or no ConfigMap");
        }

        return data.Word(
            data.Optional("no-match-policy"),
            ("deny", (UnmatchedAction.Deny, PolicyMode.Enforce)),
            ("allow", (UnmatchedAction.Allow, PolicyMode.Enforce)),
            ("warn", (UnmatchedAction.Deny, PolicyMode.Audit))) ?? (UnmatchedAction.Deny, PolicyMode.Enforce);
    }
}
