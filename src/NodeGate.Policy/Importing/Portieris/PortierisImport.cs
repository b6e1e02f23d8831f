using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing.Portieris;

/// <summary>Portieris: <c>ImagePolicy</c> and <c>ClusterImagePolicy</c> of <c>portieris.cloud.ibm.com/v1</c>.</summary>
internal sealed class PortierisImport : IPolicyImport
{
    private const string ApiVersion = "portieris.cloud.ibm.com/v1";

    private static readonly ForeignKeys Object = new()
    {
        What = $"an ImagePolicy or ClusterImagePolicy of {ApiVersion}",
        Read = ["apiVersion", "kind", "metadata", "spec"],
        Ignored = ["status"],
    };

    private static readonly ForeignKeys Spec = new() { What = "{repositories: […]}", Read = ["repositories"] };

    private static readonly ForeignKeys Repository = new() { What = "a repository: its name and its policy", Read = ["name", "policy"] };

    private static readonly ForeignKeys Policy = new()
    {
        What = "a policy of trust, simple, vulnerability and mutateImage",
        Read = ["trust", "simple", "vulnerability", "mutateImage"],
    };

    private static readonly ForeignKeys Trust = new()
    {
        What = "{enabled: …, signerSecrets: […], trustServer: …}",
        Read = ["enabled", "signerSecrets", "trustServer"],
    };

    private static readonly ForeignKeys Vulnerability = new() { What = "{ICCRVA: {enabled: …}}", Read = ["ICCRVA"] };

    private static readonly ForeignKeys Advisor = new() { What = "{enabled: …, account: …}", Read = ["enabled"], Ignored = ["account"] };

    private static readonly ForeignKeys Simple = new() { What = "{requirements: [{type: …}]}", Read = ["requirements"], Ignored = ["storeURL", "storeSecret"] };

    private static readonly ForeignKeys Requirement = new()
    {
        What = "a requirement: {type: …}",
        Read = ["type"],
        Ignored = ["keySecret", "keySecretNamespace", "signedIdentity"],
    };

    private static readonly Refusal TrustOnFirstUse = new(
        "Portieris trusts the root key that the trust server shows first, and NodeGate only one that is pinned",
        "in the policy that was imported without it: an authority with 'notary: {server: …, rootKeys: [{file: …}], delegations: [targets/SIGNER, …]}', and a rule that requires it");

    private static readonly Refusal Gpg = new("it is a signature with GPG, which NodeGate does not verify", "a signature with cosign, and 'cosign: {keys: […]}' in the policy that was imported");

    private static readonly Refusal Scanner = new("NodeGate asks no vulnerability scanner", "no 'vulnerability', or an attestation of the scan that a rule's 'attestations' asks for");

    public string Expected => $"an ImagePolicy or ClusterImagePolicy of {ApiVersion}";

    public NativePolicy Read(ImmutableArray<YamlNode> documents, ImportContext context)
    {
        // Policies of one kind are pooled, in the order in which the cluster lists them.
        var scopes = KubernetesObjects.Flatten(documents, context)
            .Select(node => ReadObject(node, context)).OfType<(string? Namespace, string Name, PolicyPosition Position, ImmutableArray<PortierisRepository> Repositories)>()
            .OrderBy(o => o.Name, StringComparer.Ordinal)
            .GroupBy(o => o.Namespace, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new PortierisScope(g.Key, g.First().Position, [.. g.SelectMany(o => o.Repositories)]))
            .ToImmutableArray();
        ImmutableArray<string> namespaces = [.. scopes.Select(s => s.Namespace).OfType<string>()];
        if (!namespaces.IsEmpty)
        {
            context.Note("an ImagePolicy replaces the cluster's policies in its namespace; say which namespace is meant ('verify --namespace') when you try the result");
        }

        return new NativePolicy
        {
            Name = "portieris",
            Origin = documents[0].Position,
            Unmatched = UnmatchedAction.Deny,
            Rules = [.. scopes.SelectMany(s => Write(s, namespaces, context))],
        };
    }

    /// <summary>A rule for what is admitted and one for what is refused: equally exact patterns of one rule are no tie.</summary>
    private static IEnumerable<NativeRule> Write(PortierisScope scope, ImmutableArray<string> namespaces, ImportContext context) =>
        scope.Decisive(context).GroupBy(r => r.IsAllowed).OrderBy(g => g.Key).Select(group =>
        {
            var name = $"{scope.Namespace ?? "cluster"}-{(group.Key ? "accept" : "reject")}";
            return new NativeRule(name, group.First().Pattern.Name.Position, string.Join(", ", group.Select(r => r.Pattern.Name.Text)))
            {
                Images = [.. group.Select(r => r.Pattern.Native.Text)],
                IncludedNamespaces = scope.Namespace is null ? [] : [scope.Namespace],
                ExcludedNamespaces = scope.Namespace is null ? namespaces : [],
                Action = group.First().Action,
            };
        });

    private static (string? Namespace, string Name, PolicyPosition Position, ImmutableArray<PortierisRepository> Repositories)? ReadObject(YamlNode node, ImportContext context)
    {
        var (apiVersion, kind) = KubernetesObjects.ApiOf(node);
        if (apiVersion is not ApiVersion || kind is not ("ImagePolicy" or "ClusterImagePolicy"))
        {
            context.Errors.Add(node.Position, $"{Quote.Of(kind)} of {Quote.Of(apiVersion)}", $"'ImagePolicy' or 'ClusterImagePolicy' of '{ApiVersion}'");
            return null;
        }

        if (Object.Open(node, context) is not { } policy || KubernetesObjects.NameOf(policy, context) is not ({ } name, var @namespace))
        {
            return null;
        }

        if (kind is "ImagePolicy" && @namespace is null)
        {
            context.Errors.Add(
                node.Position,
                "an ImagePolicy without 'metadata.namespace'",
                "the namespace that it is for, as 'kubectl get imagepolicies -A -o yaml' writes it");
        }

        if (policy.Required("spec", "'spec: {repositories: […]}'") is not { } specNode || Spec.Open(specNode, context) is not { } spec)
        {
            return null;
        }

        var items = spec.Optional("repositories") is YamlSequence { Items.IsEmpty: true }
            ? []
            : spec.List(spec.Optional("repositories"), "a list of repositories", PolicyLimits.MaxPatternsPerRule, nameof(PolicyLimits.MaxPatternsPerRule));
        return (kind is "ImagePolicy" ? @namespace : null, name.Text, node.Position, [.. items.Select(i => ReadRepository(i, context)).OfType<PortierisRepository>()]);
    }

    private static PortierisRepository? ReadRepository(YamlNode node, ImportContext context)
    {
        if (Repository.Open(node, context) is not { } repository
            || repository.Text(repository.Required("name", "'name: …'"), "a repository, or a pattern for some", PolicyLimits.MaxPatternLength) is not { } name)
        {
            return null;
        }

        var action = repository.Optional("policy") is { } policy ? ReadPolicy(policy, context) : Accept;
        return PortierisPattern.Read(name, context) is { } pattern ? new PortierisRepository(pattern, action) : null;
    }

    private static NativeAction Accept => new NativeAction.Allow("Portieris accepts anything here");

    /// <summary>All parts of a policy must hold; one without parts holds always.</summary>
    private static NativeAction ReadPolicy(YamlNode node, ImportContext context)
    {
        if (Policy.Open(node, context) is not { } policy)
        {
            return Accept;
        }

        if (policy.Optional("trust") is { } trustNode && Trust.Open(trustNode, context) is { } trust && trust.Flag(trust.Optional("enabled")) is true)
        {
            context.Refuse(trustNode.Position, "'trust: {enabled: true}'", TrustOnFirstUse);
        }

        if (policy.Optional("vulnerability") is { } scans
            && Vulnerability.Open(scans, context)?.Optional("ICCRVA") is { } advisorNode
            && Advisor.Open(advisorNode, context) is { } advisor
            && advisor.Flag(advisor.Optional("enabled")) is true)
        {
            context.Refuse(advisorNode.Position, "'vulnerability: {ICCRVA: {enabled: true}}'", Scanner);
        }

        if (policy.Flag(policy.Optional("mutateImage")) is false)
        {
            context.Note(policy.Optional("mutateImage")!.Position, "'mutateImage: false' is gone: NodeGate pulls the digest that it verified in any case");
        }

        return policy.Optional("simple") is { } simple && ReadSimple(simple, context) ? new NativeAction.Deny("Portieris rejects this") : Accept;
    }

    /// <summary>Whether one of the requirements rejects.</summary>
    private static bool ReadSimple(YamlNode node, ImportContext context)
    {
        if (Simple.Open(node, context) is not { } simple || simple.Optional("requirements") is YamlSequence { Items.IsEmpty: true })
        {
            return false;
        }

        var rejects = false;
        var items = simple.List(
            simple.Optional("requirements"), "a list of requirements", PolicyLimits.MaxRequirementMembers, nameof(PolicyLimits.MaxRequirementMembers));
        foreach (var item in items)
        {
            if (Requirement.Open(item, context) is not { } requirement)
            {
                continue;
            }

            const int SignedBy = 2;
            var type = requirement.Word(
                requirement.Required("type", "'type: …'"), ("insecureAcceptAnything", 0), ("reject", 1), ("signedBy", SignedBy));
            rejects |= type == 1;
            if (type == SignedBy)
            {
                context.Refuse(item.Position, "'type: signedBy'", Gpg);
            }
        }

        return rejects;
    }
}
