using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>Reads the attestor sets of a rule: all sets, of each as many entries as its count says.</summary>
internal sealed class AttestorReader(string rule, KyvernoType type, NativeBook book, ImportContext context)
{
    private static readonly Refusal NotAnnotated = new(
        "Kyverno asks that every valid signature carries them, NodeGate that one does", "'annotations' of the authority, if one such signature is enough");

    private static readonly ForeignKeys Set = new() { What = "a set: {count: …, entries: […]}", Read = ["count", "entries"] };

    private static readonly ForeignKeys Entry = new()
    {
        What = "an entry: {keys|keyless|certificates|attestor: {…}}",
        Read = ["keys", "keyless", "certificates", "attestor", "repository"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("annotations", NotAnnotated),
    };

    private static readonly ForeignKeys Attestation = new()
    {
        What = "an attestation: {type: …, attestors: […]}",
        Read = ["type", "predicateType", "attestors"],
        Ignored = ["name"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("conditions", new Refusal("NodeGate has no expressions of Kyverno", "'conditions' of the rule's attestation")),
    };

    private readonly SignerReader _signers = new(rule, type, book, context);
    private bool _hasRepositories;

    /// <summary>Why annotations are refused.</summary>
    public static Refusal Annotations => NotAnnotated;

    /// <summary>Where signatures lie instead of the image's own repository.</summary>
    public string? Repository { get; set; }

    /// <summary>What all sets ask; null where there is none.</summary>
    public NativeRequirement? ReadSets(YamlNode? node)
    {
        if (node is not YamlSequence { Items.IsEmpty: false } list)
        {
            return null;
        }

        ImmutableArray<NativeRequirement> sets = [.. list.Items.Select(ReadSet).OfType<NativeRequirement>()];
        return sets.IsEmpty ? null : NativeRequirement.All(sets);
    }

    /// <summary>What attestations the rule asks for: one for each attestor that must hold.</summary>
    public ImmutableArray<NativeAttestation> ReadAttestations(YamlNode? node)
    {
        var attestations = ImmutableArray.CreateBuilder<NativeAttestation>();
        foreach (var item in (node as YamlSequence)?.Items ?? [])
        {
            if (Attestation.Open(item, context) is not { } attestation)
            {
                continue;
            }

            var kind = attestation.Line(attestation.Optional("type") ?? attestation.Required("predicateType", Attestation.What), "a predicate type");
            if (attestation.Optional("attestors") is not YamlSequence { Items.IsEmpty: false } sets)
            {
                context.Refuse(item.Position, "an attestation without attestors", "anybody could have attested it", "'attestors'");
                continue;
            }

            attestations.AddRange(sets.Items.SelectMany(Attestors).Select(by => new NativeAttestation(kind?.Text ?? "", [by])));
        }

        return attestations.DrainToImmutable();
    }

    /// <summary>Kyverno asks the entries of a set in their order and gives up at the first that fails: as many as it counts must hold, from the first.</summary>
    private IEnumerable<string> Attestors(YamlNode set)
    {
        if (Set.Open(set, context) is not { } attestors)
        {
            return [];
        }

        var entries = EntriesOf(attestors);
        var count = attestors.Count(attestors.Optional("count")) ?? entries.Length;
        var read = entries.Take(count).Select(e => (Node: e, Members: ReadEntry(e))).ToArray();
        foreach (var (node, _) in read.Where(r => !r.Members.All(m => m.Key is not null)))
        {
            context.Refuse(
                node.Position,
                "an attestation by other attestors than a key",
                "Kyverno asks that every valid attestation of the type is theirs, NodeGate that one is",
                "'attestations' by hand, if one is enough");
        }

        return read.SelectMany(r => r.Members).Select(m => m.Requirement).OfType<NativeRequirement.Authority>().Select(a => a.Name);
    }

    private NativeRequirement? ReadSet(YamlNode node)
    {
        if (Set.Open(node, context) is not { } set)
        {
            return null;
        }

        var entries = EntriesOf(set);
        var isZero = set.Optional("count") is YamlScalar { Text: "0" };
        var count = isZero ? null : set.Count(set.Optional("count"));
        ImmutableArray<KyvernoMember> members = [.. entries.SelectMany(ReadEntry)];
        if (members.IsEmpty)
        {
            return null;
        }

        ImmutableArray<NativeRequirement> requirements = [.. members.Select(m => m.Requirement)];
        if (count is null || count == members.Length)
        {
            return NativeRequirement.All(requirements);
        }

        if (count == 1)
        {
            return NativeRequirement.Any(requirements);
        }

        if (count > members.Length)
        {
            context.Errors.Add(node.Position, $"a count of {count}, but {members.Length} entries", "a count of at most the number of entries");
        }
        else if (members.Any(m => m.Key is null) || members.DistinctBy(m => m.Key).Count() < members.Length)
        {
            context.Refuse(
                node.Position,
                $"a count of {count} over entries that are not one key each, all different",
                "Kyverno counts entries, NodeGate signers",
                "'atLeast', if signers are what you mean");
        }

        return new NativeRequirement.AtLeast(count.Value, requirements);
    }

    private static ImmutableArray<YamlNode> EntriesOf(MappingReader set) =>
        set.List(set.Required("entries", Set.What), "a list of entries", PolicyLimits.MaxKeysPerAuthority, nameof(PolicyLimits.MaxKeysPerAuthority));

    private IEnumerable<KyvernoMember> ReadEntry(YamlNode node)
    {
        if (Entry.Open(node, context) is not { } entry)
        {
            return [];
        }

        var kinds = new[] { "keys", "keyless", "certificates", "attestor" }.Where(entry.Has).ToArray();
        if (kinds.Length != 1)
        {
            context.Errors.Add(node.Position, kinds.Length == 0 ? "no kind of attestor" : string.Join(" and ", kinds), Entry.What);
            return [];
        }

        ReadRepository(entry, node.Position, kinds[0]);
        var value = entry.Optional(kinds[0])!;
        return kinds[0] switch
        {
            "keys" => _signers.ReadKeys(value),
            "keyless" => _signers.ReadKeyless(value),
            "certificates" => _signers.ReadCertificates(value),
            _ => ReadSet(value) is { } nested ? [new KyvernoMember(nested, null)] : [],
        };
    }

    private void ReadRepository(MappingReader entry, PolicyPosition position, string kind)
    {
        var own = entry.Line(entry.Optional("repository"), "a repository")?.Text;
        if (kind is "attestor")
        {
            return;
        }

        var repository = own ?? Repository;
        if (_hasRepositories && repository != Repository)
        {
            context.Refuse(
                position,
                "attestors whose signatures lie in different places",
                "a rule has one 'signatureRepository'",
                "the same 'repository' for all, beside 'imageReferences'");
        }

        (_hasRepositories, Repository) = (true, repository);
    }
}
