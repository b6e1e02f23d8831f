using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>Reads the attestor sets of a rule: all sets, of each as many entries as its count says.</summary>
internal sealed class AttestorReader(string rule, KyvernoType type, NativeBook book, ImportContext context)
{
    private const string EndOfKey = "-----END PUBLIC KEY-----";

    private static readonly Refusal NotAnnotated = new(
        "Kyverno asks that every valid signature carries them, NodeGate that one does", "'annotations' of the authority, if one such signature is enough");

    private static readonly Refusal InCluster = new("it is in the cluster or a key service, not in the document", "the public key itself");

    private static readonly ForeignKeys Set = new() { What = "a set: {count: …, entries: […]}", Read = ["count", "entries"] };

    private static readonly ForeignKeys Entry = new()
    {
        What = "an entry: {keys|keyless|certificates|attestor: {…}}",
        Read = ["keys", "keyless", "certificates", "attestor", "repository"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("annotations", NotAnnotated),
    };

    private static readonly ForeignKeys Keys = new()
    {
        What = "keys: {publicKeys: …}",
        Read = ["publicKeys", "signatureAlgorithm", "rekor", "ctlog"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("kms", InCluster).Add("secret", InCluster),
    };

    private static readonly ForeignKeys Keyless = new()
    {
        What = "keyless: {issuer: …, subject: …}",
        Read = ["issuer", "issuerRegExp", "subject", "subjectRegExp", "roots", "rekor", "ctlog"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("additionalExtensions", new Refusal("Kyverno's names and wildcards for them are its own", "'certificate: {…}' of the authority")),
    };

    private static readonly ForeignKeys Rekor = new() { What = "rekor: {url: …, pubkey: …, ignoreTlog: …}", Read = ["pubkey", "ignoreTlog"], Ignored = ["url"] };

    private static readonly ForeignKeys CtLog = new()
    {
        What = "ctlog: {pubkey: …, ignoreSCT: …}",
        Read = ["pubkey", "ignoreSCT"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("tsaCertChain", new Refusal("Kyverno takes a timestamp or a log entry, as cosign does by version", "a trust root with 'timestampAuthorities' by hand")),
    };

    private static readonly ForeignKeys Certificates = new() { What = "certificates: {cert: …, certChain: …}", Read = ["cert", "certChain"], Ignored = ["rekor", "ctlog"] };

    private static readonly ForeignKeys Attestation = new()
    {
        What = "an attestation: {type: …, attestors: […]}",
        Read = ["type", "predicateType", "attestors"],
        Ignored = ["name"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("conditions", new Refusal("NodeGate has no expressions of Kyverno", "'conditions' of the rule's attestation")),
    };

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

    /// <summary>Kyverno asks the entries of a set in their order and gives up at the first that fails: as many as it counts must hold, from the first.</summary>
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

    private IEnumerable<string> Attestors(YamlNode set)
    {
        if (Set.Open(set, context) is not { } attestors)
        {
            return [];
        }

        var entries = attestors.List(attestors.Required("entries", Set.What), "a list of entries", PolicyLimits.MaxKeysPerAuthority, nameof(PolicyLimits.MaxKeysPerAuthority));
        var count = attestors.Count(attestors.Optional("count")) ?? entries.Length;
        var read = entries.Take(count).Select(e => (Node: e, Members: ReadEntry(e))).ToArray();
        foreach (var (node, _) in read.Where(r => !r.Members.All(m => m.Key is not null)))
        {
            context.Refuse(
                node.Position, "an attestation by other attestors than a key", "Kyverno asks that every valid attestation of the type is theirs, NodeGate that one is", "'attestations' by hand, if one is enough");
        }

        return read.SelectMany(r => r.Members).Select(m => m.Requirement).OfType<NativeRequirement.Authority>().Select(a => a.Name);
    }

    private NativeRequirement? ReadSet(YamlNode node)
    {
        if (Set.Open(node, context) is not { } set)
        {
            return null;
        }

        var entries = set.List(set.Required("entries", Set.What), "a list of entries", PolicyLimits.MaxKeysPerAuthority, nameof(PolicyLimits.MaxKeysPerAuthority));
        var isZero = set.Optional("count") is YamlScalar { Text: "0" };
        var count = isZero ? null : set.Count(set.Optional("count"));
        ImmutableArray<Member> members = [.. entries.SelectMany(ReadEntry)];
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
            context.Refuse(node.Position, $"a count of {count} over entries that are not one key each, all different", "Kyverno counts entries, NodeGate signers", "'atLeast', if signers are what you mean");
        }

        return new NativeRequirement.AtLeast(count.Value, requirements);
    }

    private IEnumerable<Member> ReadEntry(YamlNode node)
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
            "keys" => ReadKeys(value),
            "keyless" => ReadKeyless(value),
            "certificates" => ReadCertificates(value),
            _ => ReadSet(value) is { } nested ? [new Member(nested, null)] : [],
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
            context.Refuse(position, "attestors whose signatures lie in different places", "a rule has one 'signatureRepository'", "the same 'repository' for all, beside 'imageReferences'");
        }

        (_hasRepositories, Repository) = (true, repository);
    }

    private Member[] ReadKeys(YamlNode node)
    {
        if (Keys.Open(node, context) is not { } keys
            || keys.Text(keys.Required("publicKeys", Keys.What), "public keys in PEM", PolicyLimits.MaxFileBytes) is not { } text)
        {
            return [];
        }

        if (type != KyvernoType.Cosign)
        {
            context.Refuse(node.Position, $"keys with 'type: {type}'", "Kyverno verifies only keyless signers and certificates so", "'type: Cosign', or an authority by hand with 'formats: [bundle]'");
            return [];
        }

        if (!text.Text.TrimStart().StartsWith("-----BEGIN PUBLIC KEY-----", StringComparison.Ordinal))
        {
            context.Refuse(text.Position, "a key that is not written out", "it is in the cluster, not in the document", "the public key itself, in PEM");
            return [];
        }

        RefuseAlgorithm(keys.Optional("signatureAlgorithm"));
        var parts = ReadParts(keys, null);
        var pems = text.Text.Split(EndOfKey).SkipLast(1).Select(p => (p + EndOfKey).Trim()).ToArray();
        if (pems.Length > 1 && (keys.Has("rekor") || keys.Has("ctlog") || keys.Has("signatureAlgorithm")))
        {
            context.Refuse(node.Position, "several keys in one text, with settings beside them", "Kyverno reads the keys as entries of their own and drops the settings, by version", "an entry for each key");
        }

        return [.. pems.Select(pem => new Member(
            book.Add(rule + "-key", n => new NativeAuthority.Cosign(n, text.Position, [NativeMaterial.OfPem(pem)])
            {
                LogTrustRoot = parts.LogOfKey(n, node.Position, book),
                Form = new NativeForm(Bundle: false, Legacy: true),
            }),
            string.Concat(pem.Where(c => !char.IsWhiteSpace(c)))))];
    }

    private void RefuseAlgorithm(YamlNode? node)
    {
        if (node is YamlScalar { Text: not ("sha256" or "") })
        {
            context.Refuse(node.Position, "a 'signatureAlgorithm' other than sha256", "NodeGate takes the hash that belongs to the key", "no 'signatureAlgorithm', and signatures made with cosign's default");
        }
    }

    private Member[] ReadKeyless(YamlNode node)
    {
        if (Keyless.Open(node, context) is not { } keyless)
        {
            return [];
        }

        if (type == KyvernoType.Notary)
        {
            context.Errors.Add(node.Position, "'keyless' with 'type: Notary'", "'certificates'");
            return [];
        }

        var parts = ReadParts(keyless, keyless.Text(keyless.Optional("roots"), "certificates in PEM", VerificationLimits.MaxCertificateFileBytes));
        if (type == KyvernoType.SigstoreBundle && parts != new SigstoreParts())
        {
            context.Refuse(node.Position, "a private Sigstore with 'type: SigstoreBundle'", "Kyverno takes the trust root of its own set-up for bundles", "a trust root 'sigstore: {…}' by hand");
        }

        var (issuer, subject) = (ReadText(keyless, "issuer"), ReadText(keyless, "subject"));
        if (issuer is null || subject is null || parts.OfKeyless(rule, node.Position, book, context) is not { } root)
        {
            return [];
        }

        var isBundle = type == KyvernoType.SigstoreBundle;
        return [new Member(
            book.Add(rule + "-keyless", n => new NativeAuthority.Keyless(n, node.Position, root, [new NativeIdentity(issuer, subject)]) { Form = new NativeForm(isBundle, !isBundle) }),
            null)];
    }

    private NativeText? ReadText(MappingReader keyless, string key)
    {
        var (wildcard, expression) = (keyless.Optional(key), keyless.Optional(key + "RegExp"));
        if (expression is not null && wildcard is null)
        {
            return GoRegex.Read(keyless.Line(expression, "an expression"), context);
        }

        if (wildcard is not null && expression is null)
        {
            return keyless.Line(wildcard, "a text") is { } text ? KyvernoText.Read(text, context) : null;
        }

        context.Refuse(
            keyless.Position, wildcard is null ? $"no '{key}'" : $"both '{key}' and '{key}RegExp'", "any of them would do, or both are asked, by version", $"'{key}' or '{key}RegExp'; '*' for any");
        return null;
    }

    private Member[] ReadCertificates(YamlNode node)
    {
        if (Certificates.Open(node, context) is not { } certificates)
        {
            return [];
        }

        if (type != KyvernoType.Notary)
        {
            context.Refuse(node.Position, "certificates of cosign", "NodeGate has keys and a Sigstore, no certificates of one's own", "the public key of the certificate, below 'keys'");
            return [];
        }

        var pem = string.Join('\n', new[] { "cert", "certChain" }
            .Select(k => certificates.Text(certificates.Optional(k), "certificates in PEM", VerificationLimits.MaxCertificateFileBytes)?.Text.Trim()).OfType<string>());
        return [new Member(
            book.Add(rule + "-notation", n => new NativeAuthority.Notation(n, node.Position, [new NativeTrustStore("ca", [NativeMaterial.OfPem(pem)])], ["*"], "strict")),
            null)];
    }

    private SigstoreParts ReadParts(MappingReader attestor, Located? roots)
    {
        var rekor = attestor.Optional("rekor") is { } r ? Rekor.Open(r, context) : null;
        var log = attestor.Optional("ctlog") is { } c ? CtLog.Open(c, context) : null;
        return new SigstoreParts
        {
            Roots = roots,
            RekorKey = rekor?.Text(rekor.Optional("pubkey"), "a public key in PEM", VerificationLimits.MaxKeyBytes),
            CtLogKey = log?.Text(log.Optional("pubkey"), "a public key in PEM", VerificationLimits.MaxKeyBytes),
            IgnoresLog = rekor?.Flag(rekor.Optional("ignoreTlog")) is true,
            IgnoresSct = log?.Flag(log.Optional("ignoreSCT")) is true,
        };
    }

    /// <summary>What an entry becomes, and the key where it is one key.</summary>
    private sealed record Member(NativeRequirement Requirement, string? Key);
}
