using System.Collections.Immutable;
using NodeGate.Policy.Importing.Joining;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing.ClusterImagePolicies;

/// <summary>Reads the authorities of a ClusterImagePolicy, any of which is enough.</summary>
internal sealed class AuthorityListReader(string policy, NativeBook book, ImportContext context)
{
    private const string PrivateSigstore = "a trust root 'sigstore: {…}' by hand, with the certificates and keys of your Sigstore";

    private static readonly ForeignKeys Authority = new()
    {
        What = "an authority: {name: …, key|keyless|static: {…}}",
        Read = ["name", "key", "keyless", "static", "source", "ctlog", "attestations", "signatureFormat"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("rfc3161timestamp", new Refusal("it names a TrustRoot of the cluster, and turns the log off", PrivateSigstore + ", and 'requireTimestamp: true'")),
    };

    private static readonly ForeignKeys Key = new()
    {
        What = "a key: {data: …}",
        Read = ["data", "hashAlgorithm"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("secretRef", new Refusal("the secret is in the cluster, not in the document", "the public key itself, below 'data'"))
            .Add("kms", new Refusal("NodeGate asks no key service", "the public key itself, below 'data' (cosign public-key --key KMS)")),
    };

    private static readonly ForeignKeys Keyless = new()
    {
        What = "keyless: {identities: […]}",
        Read = ["url", "identities", "insecureIgnoreSCT"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("ca-cert", new Refusal("policy-controller admits nothing by it", PrivateSigstore))
            .Add("trustRootRef", new Refusal("the TrustRoot is another object of the cluster", PrivateSigstore)),
    };

    private static readonly ForeignKeys Log = new()
    {
        What = "ctlog: {url: …}",
        Read = ["url"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("trustRootRef", new Refusal("the TrustRoot is another object of the cluster", PrivateSigstore)),
    };

    private static readonly ForeignKeys Source = new()
    {
        What = "a source: {oci: …}",
        Read = ["oci"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("signaturePullSecrets", new Refusal("a node has the credentials of the pull alone", "no 'signaturePullSecrets': signatures beside the image, or in a repository that anyone may read"))
            .Add("tagPrefix", new Refusal("NodeGate looks for cosign's own tags", "signatures with cosign's own tags")),
    };

    private static readonly ForeignKeys Static = new() { What = "static: {action: pass|fail}", Read = ["action", "message"] };

    private static readonly ForeignKeys Attestation = new()
    {
        What = "an attestation: {name: …, predicateType: …}",
        Read = ["predicateType"],
        Ignored = ["name"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("policy", new Refusal("NodeGate has no CUE and no Rego", "'conditions' of the rule's attestation")),
    };

    private readonly List<string?> _sources = [];

    /// <summary>The demand with what its authorities ask; null where that was refused.</summary>
    public Demand? Read(YamlNode? node, PolicyPosition position, Demand demand)
    {
        if (node is null or YamlSequence { Items.IsEmpty: true })
        {
            context.Refuse(
                position,
                "a policy without authorities",
                "policy-controller fails every image by it, or warns, as it is set up",
                "'static: {action: fail}', or authorities");
            return null;
        }

        if (node is not YamlSequence list)
        {
            context.Errors.Add(node, "a list of authorities");
            return null;
        }

        var read = list.Items.Select((n, i) => ReadOne(n, i, list.Items.Length)).ToArray();
        if (Array.Exists(read, r => r is null))
        {
            return null;
        }

        if (_sources.Distinct(StringComparer.Ordinal).Count() > 1)
        {
            context.Refuse(
                position,
                "authorities whose signatures lie in different places",
                "a rule has one 'signatureRepository'",
                "the same 'source' for each, or rules by hand");
        }

        return Combine(demand, [.. read.OfType<Part>()]) with { SignatureRepository = _sources.FirstOrDefault() };
    }

    /// <summary>Any authority is enough: one that always passes decides, one that always fails never does.</summary>
    private static Demand Combine(Demand demand, ImmutableArray<Part> parts)
    {
        if (parts.FirstOrDefault(p => p.Static is NativeAction.Allow) is { } pass)
        {
            return demand with { Static = pass.Static };
        }

        ImmutableArray<Part> judged = [.. parts.Where(p => p.Static is null)];
        if (judged.IsEmpty)
        {
            return demand with { Static = parts[0].Static };
        }

        return judged[0].Attestations.IsEmpty
            ? demand with { Requirement = NativeRequirement.Any([.. judged.Select(p => p.Authority!)]) }
            : demand with { Attestations = judged[0].Attestations };
    }

    private Part? ReadOne(YamlNode node, int index, int count)
    {
        if (Authority.Open(node, context) is not { } authority)
        {
            return null;
        }

        var kinds = new[] { "key", "keyless", "static" }.Where(authority.Has).ToArray();
        if (kinds.Length != 1)
        {
            context.Errors.Add(node.Position, kinds.Length == 0 ? "no kind of authority" : string.Join(" and ", kinds), Authority.What);
            return null;
        }

        if (kinds[0] is "static")
        {
            return ReadStatic(authority.Optional("static")!);
        }

        _sources.Add(ReadSource(authority));
        var name = authority.Line(authority.Optional("name"), "a name")?.Text ?? $"{policy}-{index}";
        var form = ReadForm(authority, kinds[0] is "key");
        var made = kinds[0] is "key" ? ReadKey(authority, node.Position, name, form) : ReadKeyless(authority, node.Position, name, form);
        if (made is null || !authority.Has("attestations"))
        {
            return made is null ? null : new Part(made, null, []);
        }

        if (count > 1)
        {
            context.Refuse(
                node.Position,
                "an authority with attestations beside others",
                "either of them is enough, and here attestations are asked for beside signatures",
                "one policy for each");
        }

        return new Part(null, null, ReadAttestations(authority, ((NativeRequirement.Authority)made).Name));
    }

    private Part? ReadStatic(YamlNode node)
    {
        if (Static.Open(node, context) is not { } verdict)
        {
            return null;
        }

        var message = verdict.Line(verdict.Optional("message"), "a sentence")?.Text;
        return verdict.Word(verdict.Required("action", Static.What), ("pass", true), ("fail", false)) is not { } passes ? null
            : new Part(null, passes ? new NativeAction.Allow($"static pass of {YamlText.Comment(policy)}") : new NativeAction.Deny(message ?? $"static fail of {YamlText.Comment(policy)}"), []);
    }

    private NativeForm ReadForm(MappingReader authority, bool isKey)
    {
        var node = authority.Optional("signatureFormat");
        if (authority.Word(node, ("legacy", false), ("bundle", true)) is not true)
        {
            return new NativeForm(Bundle: false, Legacy: true);
        }

        if (isKey)
        {
            context.Refuse(
                node!.Position,
                "'signatureFormat: bundle' of a key",
                "policy-controller verifies bundles of keyless signers alone",
                "an authority by hand with 'formats: [bundle]'");
        }

        return new NativeForm(Bundle: true, Legacy: false);
    }

    private NativeRequirement? ReadKey(MappingReader authority, PolicyPosition position, string name, NativeForm form)
    {
        if (Key.Open(authority.Optional("key")!, context) is not { } key
            || key.Text(key.Required("data", "'data: …', the public key in PEM"), "a public key in PEM", Verification.VerificationLimits.MaxKeyBytes) is not { } data)
        {
            return null;
        }

        if (key.Optional("hashAlgorithm") is YamlScalar { Text: not "sha256" } hash)
        {
            context.Refuse(
                hash.Position,
                $"'hashAlgorithm: {YamlText.Comment(hash.Text)}'",
                "NodeGate takes the hash that belongs to the key",
                "no 'hashAlgorithm', and signatures made with cosign's default");
        }

        var isLogged = ReadLog(authority);
        return book.Add(name, n => new NativeAuthority.Cosign(n, position, [NativeMaterial.OfPem(data.Text)]) { LogTrustRoot = isLogged ? NativeBook.PublicGood : null, Form = form });
    }

    private NativeRequirement? ReadKeyless(MappingReader authority, PolicyPosition position, string name, NativeForm form)
    {
        if (Keyless.Open(authority.Optional("keyless")!, context) is not { } keyless)
        {
            return null;
        }

        if (authority.Has("ctlog") && !ReadLog(authority))
        {
            context.Refuse(
                position, "keyless without a log ('ctlog: {}')", "policy-controller then judges a certificate of ten minutes at the time of the pod", "'ctlog: {url: https://rekor.sigstore.dev}'");
        }

        if (keyless.Optional("insecureIgnoreSCT") is { } sct && keyless.Flag(sct) is true)
        {
            context.Refuse(
                sct.Position,
                "'insecureIgnoreSCT: true'",
                "with the public-good trust root NodeGate asks for the certificate's log entry",
                "no 'insecureIgnoreSCT'");
        }

        ImmutableArray<NativeIdentity> identities = keyless.Optional("identities") is YamlSequence { Items.IsEmpty: false } list
            ? [.. list.Items.Select(i => Identities.Read(i, context)).OfType<NativeIdentity>()]
            : [];
        if (identities.IsEmpty)
        {
            context.Refuse(
                position,
                "keyless without identities",
                "anybody with a mail address would be a signer, which a policy here has to say",
                "'identities: [{issuer: …, subject: …}]'");
            return null;
        }

        return book.Add(name, n => new NativeAuthority.Keyless(n, position, NativeBook.PublicGood, identities) { Form = form });
    }

    /// <summary>Whether a log is asked for. Its address does not matter: the keys are those of the public-good instance, unless a TrustRoot is named.</summary>
    private bool ReadLog(MappingReader authority) =>
        authority.Optional("ctlog") is { } node && Log.Open(node, context) is { } log && log.Line(log.Optional("url"), "the log's address") is not null;

    private string? ReadSource(MappingReader authority)
    {
        if (authority.Optional("source") is not YamlSequence { Items.IsEmpty: false } sources)
        {
            return null;
        }

        if (sources.Items.Length > 1)
        {
            context.Refuse(sources.Position, "several sources", "a rule has one 'signatureRepository'", "one source");
        }

        return Source.Open(sources.Items[0], context) is { } source
            ? source.Line(source.Required("oci", Source.What), "a repository")?.Text
            : null;
    }

    private ImmutableArray<NativeAttestation> ReadAttestations(MappingReader authority, string by)
    {
        var attestations = ImmutableArray.CreateBuilder<NativeAttestation>();
        var items = authority.List(
            authority.Optional("attestations"), "a list of attestations", PolicyLimits.MaxAttestationsPerRule, nameof(PolicyLimits.MaxAttestationsPerRule));
        foreach (var item in items)
        {
            if (Attestation.Open(item, context) is { } attestation
                && attestation.Line(attestation.Required("predicateType", Attestation.What), "a predicate type") is { } type)
            {
                attestations.Add(new NativeAttestation(TypeOf(type), [by]));
            }
        }

        return attestations.DrainToImmutable();
    }

    /// <summary>cosign's words for predicate types.</summary>
    private string TypeOf(Located type)
    {
        if (type.Text.Contains("://", StringComparison.Ordinal))
        {
            return type.Text;
        }

        switch (type.Text)
        {
            case "custom": return "https://cosign.sigstore.dev/attestation/v1";
            case "slsaprovenance" or "slsaprovenance02": return "https://slsa.dev/provenance/v0.2";
            case "slsaprovenance1": return "https://slsa.dev/provenance/v1";
            case "spdx" or "spdxjson": return "https://spdx.dev/Document";
            case "cyclonedx": return "https://cyclonedx.org/bom";
            case "link": return "https://in-toto.io/Link/v1";
            case "vuln": return "https://cosign.sigstore.dev/attestation/vuln/v1";
            default:
                context.Errors.Add(type.Position, Quote.Of(type.Text), "a predicate type that cosign has a word for, or its address");
                return type.Text;
        }
    }

    /// <summary>What one authority is worth: always the same, a signature, or attestations alone.</summary>
    private sealed record Part(NativeRequirement? Authority, NativeAction? Static, ImmutableArray<NativeAttestation> Attestations);
}
