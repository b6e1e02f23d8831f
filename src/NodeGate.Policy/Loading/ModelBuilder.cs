using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Policy.Loading.Attestations;
using NodeGate.Policy.Loading.Trust;
using NodeGate.Policy.Patterns;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>Checks the documents against each other and makes the model of them. Every error is collected; one is enough for no model.</summary>
internal sealed class ModelBuilder
{
    private readonly ErrorList _errors;
    private readonly TrustRootBuilder _trustRoots;
    private readonly AuthorityBuilder _authorities;
    private readonly Dictionary<string, PolicyPosition> _names = new(StringComparer.Ordinal);

    public ModelBuilder(IPolicyFiles files, ErrorList errors)
    {
        _errors = errors;
        _trustRoots = new TrustRootBuilder(files, errors);
        _authorities = new AuthorityBuilder(files, _trustRoots, errors);
    }

    /// <summary>The model; null where there are errors.</summary>
    public PolicyModel? Build(ImmutableArray<DocumentConfig> documents)
    {
        if (!AreWithinLimits(documents))
        {
            return null;
        }

        foreach (var trustRoot in documents.SelectMany(d => d.TrustRoots))
        {
            _trustRoots.Add(trustRoot);
        }

        foreach (var authority in documents.SelectMany(d => d.Authorities))
        {
            _authorities.Add(authority);
        }

        var rules = documents.SelectMany(d => d.Rules.Select(r => BuildRule(r, d))).ToImmutableArray();
        var exemptions = documents.SelectMany(d => d.Exceptions.Select(BuildExemption)).ToImmutableArray();
        TieFinder.Find(rules, _errors);
        if (_errors.Count == 0)
        {
            // A rule of which something was refused may look like one that denies.
            ContradictionFinder.Find(rules, exemptions, _errors);
        }

        var unmatched = UnmatchedOf(documents);
        return _errors.Count > 0 ? null : new PolicyModel(
            string.Join(", ", documents.Select(d => d.Name!.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
            documents.All(d => d.Mode == PolicyMode.Audit) ? PolicyMode.Audit : PolicyMode.Enforce,
            unmatched,
            _trustRoots.ToSorted(),
            _authorities.ToSorted(),
            [.. rules.OrderBy(r => r.Name, StringComparer.Ordinal)],
            [.. exemptions.OrderBy(e => e.Name, StringComparer.Ordinal)],
            documents.Any(d => d.SandboxImage == SandboxImageMode.Enforce) ? SandboxImageMode.Enforce : SandboxImageMode.Observe);
    }

    private bool AreWithinLimits(ImmutableArray<DocumentConfig> documents)
    {
        var before = _errors.Count;
        var rules = documents.SelectMany(d => d.Rules).ToArray();
        Limit(documents.SelectMany(d => d.TrustRoots).Select(r => r.Position), "trust roots", PolicyLimits.MaxTrustRoots, nameof(PolicyLimits.MaxTrustRoots));
        Limit(documents.SelectMany(d => d.Authorities).Select(a => a.Position), "authorities", PolicyLimits.MaxAuthorities, nameof(PolicyLimits.MaxAuthorities));
        Limit(rules.Select(r => r.Position), "rules", PolicyLimits.MaxRules, nameof(PolicyLimits.MaxRules));
        var exceptions = documents.SelectMany(d => d.Exceptions).ToArray();
        Limit(exceptions.Select(e => e.Position), "exceptions", PolicyLimits.MaxExceptions, nameof(PolicyLimits.MaxExceptions));
        Limit(rules.SelectMany(r => r.Images).Concat(exceptions.SelectMany(e => e.Images)).Select(i => i.Position), "patterns", PolicyLimits.MaxPatterns, nameof(PolicyLimits.MaxPatterns));
        return _errors.Count == before;
    }

    private void Limit(IEnumerable<PolicyPosition> positions, string what, int max, string limit)
    {
        if (positions.Skip(max).FirstOrDefault() is { } first)
        {
            _errors.Add(first, $"more than {max} {what}", $"at most {max} {what} in all documents together ({limit})");
        }
    }

    private PolicyRule BuildRule(RuleConfig config, DocumentConfig document)
    {
        TakeName(config.Name);
        RuleAction action = config switch
        {
            { Allow: { } allow } => new RuleAction.Allow(allow),
            { Deny: { } deny } => new RuleAction.Deny(deny),
            { Require: { } require } when BuildRequirement(require) is { } requirement =>
                new RuleAction.Require(requirement, [.. config.Attestations.Select(BuildAttestation).OfType<AttestationRequirement>()]),
            _ => new RuleAction.Deny("invalid rule"),
        };
        return new PolicyRule(
            config.Name?.Text ?? "", config.Position, config.Mode ?? document.Mode, BuildPatterns(config.Images), BuildNamespaces(config.Namespaces), action)
        {
            SignedRepository = BuildRepository(config.SignedRepository),
            RequiresDigest = config.RequiresDigest,
            VerifiesPlatform = config.VerifiesPlatform,
            SignatureRepository = BuildRepository(config.SignatureRepository),
            AllowsGrace = action is RuleAction.Require && (config.Grace ?? document.Grace),
        };
    }

    private PolicyExemption BuildExemption(ExceptionConfig config)
    {
        TakeName(config.Name);
        var patterns = BuildPatterns(config.Images);
        foreach (var image in config.Images.Where(i => !i.Text.Contains('@', StringComparison.Ordinal)))
        {
            _errors.Add(
                image.Position,
                $"{Quote.Of(image.Text)} without a digest",
                "'registry/repository@sha256:…': an exception is for one image, not for whatever the registry serves under a name");
        }

        return new PolicyExemption(
            config.Name?.Text ?? "", config.Position, patterns, BuildNamespaces(config.Namespaces), config.Expires ?? default, config.Owner ?? "")
        {
            Ticket = config.Ticket,
        };
    }

    private void TakeName(Located? name)
    {
        if (name is not null && !_names.TryAdd(name.Text, name.Position))
        {
            _errors.Add(name.Position, $"a second rule or exception '{name.Text}'", $"a name of its own; the first one is at {_names[name.Text]}");
        }
    }

    private static NamespaceSelector? BuildNamespaces(NamespacesConfig? config) => config is null ? null : new NamespaceSelector(config.Include, config.Exclude);

    private ImmutableArray<ImagePattern> BuildPatterns(ImmutableArray<Located> images)
    {
        var patterns = ImmutableArray.CreateBuilder<ImagePattern>();
        foreach (var image in images)
        {
            if (!ImagePatternParser.TryParse(image.Text, out var pattern, out var expected))
            {
                _errors.Add(image.Position, Quote.Of(image.Text), expected);
            }
            else if (patterns.Any(p => p.Text == pattern.Text))
            {
                _errors.Add(image.Position, $"'{pattern.Text}' a second time", "each pattern once in a list (short names are written out before they are compared)");
            }
            else
            {
                patterns.Add(pattern);
            }
        }

        return patterns.DrainToImmutable();
    }

    private Requirement? BuildRequirement(RequireConfig config)
    {
        if (config.Kind == RequireKind.Authority)
        {
            return _authorities.Find(config.Authority, config.Position) is { } authority ? new Requirement.AuthorityRef(authority) : null;
        }

        ImmutableArray<Requirement> members = [.. config.Members.Select(BuildRequirement).OfType<Requirement>()];
        if (members.Length < config.Members.Length)
        {
            // Whatever is missing was told; a requirement without it would be another one.
            return null;
        }

        if (config.Kind == RequireKind.AtLeast)
        {
            RefuseImpossible(config, members);
        }

        return config.Kind switch
        {
            RequireKind.AnyOf => new Requirement.AnyOf(members),
            RequireKind.AllOf => new Requirement.AllOf(members),
            _ => new Requirement.AtLeast(config.Count, members),
        };
    }

    private AttestationRequirement? BuildAttestation(AttestationConfig config)
    {
        ImmutableArray<Authority> by = [.. config.By.Select(b => _authorities.Find(b.Text, b.Position)).OfType<Authority>().Distinct()];
        return config.Type is { } type ? new AttestationRequirement(type.Text, by, config.Conditions) : null;
    }

    private void RefuseImpossible(RequireConfig config, ImmutableArray<Requirement> members)
    {
        var authorities = members.SelectMany(m => m.Authorities()).Distinct().ToArray();
        var signers = SignerSet.Union(authorities.Select(a => a.PossibleSigners));
        if (!signers.CanBe(config.Count) && authorities.All(a => !a.PossibleSigners.IsEmpty))
        {
            var count = signers.Ids.Length;
            var what = authorities.All(a => a.Requirement is KeyRequirement) ? "key" : "signer";
            _errors.Add(
                config.Position,
                $"atLeast with count {config.Count}, but only {count} distinct {(count == 1 ? what : what + "s")} in all of its authorities",
                $"a count of at most {count}, or authorities with more {what}s; the same {what} counts once however often it is listed");
        }
    }

    private string? BuildRepository(Located? config)
    {
        if (config is null)
        {
            return null;
        }

        var isBare = !config.Text.Contains('@', StringComparison.Ordinal) && config.Text.LastIndexOf(':') <= config.Text.LastIndexOf('/');
        string? error = null;
        if (isBare && ImageReference.TryParse(config.Text, out var reference, out error))
        {
            return reference.Name;
        }

        _errors.Add(config.Position, Quote.Of(config.Text), "a repository without tag, digest or wildcard, such as 'ghcr.io/org/app'" + (error is null ? "" : $" ({error})"));
        return null;
    }

    private UnmatchedAction UnmatchedOf(ImmutableArray<DocumentConfig> documents)
    {
        var said = documents.Select(d => d.Unmatched).OfType<UnmatchedConfig>().ToArray();
        foreach (var other in said.Where(u => u.Action != said[0].Action))
        {
            _errors.Add(
                other.Position,
                $"'unmatched: {Word(other.Action)}', but '{Word(said[0].Action)}' at {said[0].Position}",
                "the same 'unmatched' in every document that has one: it holds for all of them together");
        }

        return said.Length == 0 ? UnmatchedAction.Deny : said[0].Action;
    }

    private static string Word(UnmatchedAction action) => action == UnmatchedAction.Allow ? "allow" : "deny";
}
