using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>Reads the attestors of an ImageValidatingPolicy.</summary>
internal sealed class ValidatingAttestorReader(NativeBook book, ImportContext context)
{
    private static readonly Refusal Elsewhere = new("it is in the cluster or a key service, or made by an expression", "the text itself, as 'data' or 'value'");

    private static readonly ForeignKeys Attestor = new() { What = "an attestor: {name: …, cosign|notary: {…}}", Read = ["name", "cosign", "notary"] };

    private static readonly ForeignKeys Cosign = new()
    {
        What = "cosign: {key|keyless: {…}}",
        Read = ["key", "keyless", "source", "ctlog"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("certificate", new Refusal("NodeGate has keys and a Sigstore, no certificates of one's own", "the public key of the certificate, as 'key'"))
            .Add("tuf", new Refusal("the TUF root has to be a file that the node pins", "a trust root 'tuf: {…}' by hand"))
            .Add("annotations", AttestorReader.Annotations),
    };

    private static readonly ForeignKeys Key = new()
    {
        What = "key: {data: …}",
        Read = ["data", "hashAlgorithm"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("kms", Elsewhere).Add("expression", Elsewhere).Add("secretRef", Elsewhere),
    };

    private static readonly ForeignKeys Keyless = new() { What = "keyless: {identities: […]}", Read = ["identities", "roots"] };

    private static readonly ForeignKeys Log = new()
    {
        What = "ctlog: {url: …}",
        Read = ["url", "rekorPubKey", "ctLogPubKey", "insecureIgnoreTlog", "insecureIgnoreSCT"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("tsaCertChain", new Refusal("Kyverno takes a timestamp or a log entry, as cosign does by version", "a trust root with 'timestampAuthorities' by hand")),
    };

    private static readonly ForeignKeys Source = new()
    {
        What = "source: {repository: …}",
        Read = ["repository"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("PullSecrets", new Refusal("a node has the credentials of the pull alone", "no 'PullSecrets'"))
            .Add("tagPrefix", new Refusal("NodeGate looks for cosign's own tags", "signatures with cosign's own tags")),
    };

    private static readonly ForeignKeys Notary = new() { What = "notary: {certs: {value: …}}", Read = ["certs", "tsaCerts"] };

    private static readonly ForeignKeys Value = new()
    {
        What = "{value: …}",
        Read = ["value"],
        Refused = ImmutableDictionary<string, Refusal>.Empty.Add("expression", Elsewhere),
    };

    private readonly Dictionary<string, NativeRequirement> _byName = new(StringComparer.Ordinal);
    private bool _hasRepositories;

    /// <summary>Where signatures lie instead of the image's own repository.</summary>
    public string? Repository { get; private set; }

    public void Read(YamlNode? node)
    {
        foreach (var item in (node as YamlSequence)?.Items ?? [])
        {
            if (Attestor.Open(item, context) is not { } attestor || attestor.Line(attestor.Required("name", "'name: …'"), "a name") is not { } name)
            {
                continue;
            }

            var requirement = attestor.Has("cosign") && !attestor.Has("notary") ? ReadCosign(attestor.Optional("cosign")!, name.Text)
                : attestor.Has("notary") && !attestor.Has("cosign") ? ReadNotary(attestor.Optional("notary")!, name.Text)
                : null;
            if (requirement is not null)
            {
                _byName[name.Text] = requirement;
            }
            else if (attestor.Has("cosign") == attestor.Has("notary"))
            {
                context.Errors.Add(item.Position, "an attestor of no kind, or of both", Attestor.What);
            }
        }
    }

    /// <summary>Any of the attestors; null, with an error, where one is not there.</summary>
    public NativeRequirement? AnyOf(string[] names, PolicyPosition position)
    {
        if (Array.Find(names, n => !_byName.ContainsKey(n)) is { } unknown)
        {
            context.Errors.Add(position, $"the attestor {Quote.Of(unknown)} in a validation", "the name of an attestor that can be kept");
            return null;
        }

        return NativeRequirement.Any([.. names.Select(n => _byName[n])]);
    }

    private NativeRequirement? ReadCosign(YamlNode node, string name)
    {
        if (Cosign.Open(node, context) is not { } cosign)
        {
            return null;
        }

        ReadSource(cosign, node.Position);
        var log = cosign.Optional("ctlog") is { } l ? Log.Open(l, context) : null;
        if (log is not null && !log.Has("url"))
        {
            context.Refuse(log.Position, "'ctlog' without 'url'", "Kyverno then refuses every image", "'url: https://rekor.sigstore.dev'");
        }

        var keyless = cosign.Optional("keyless") is { } k ? Keyless.Open(k, context) : null;
        var parts = new SigstoreParts
        {
            Roots = keyless?.Text(keyless.Optional("roots"), "certificates in PEM", VerificationLimits.MaxCertificateFileBytes),
            RekorKey = log?.Text(log.Optional("rekorPubKey"), "a public key in PEM", VerificationLimits.MaxKeyBytes),
            CtLogKey = log?.Text(log.Optional("ctLogPubKey"), "a public key in PEM", VerificationLimits.MaxKeyBytes),
            IgnoresLog = log?.Flag(log.Optional("insecureIgnoreTlog")) is true,
            IgnoresSct = log?.Flag(log.Optional("insecureIgnoreSCT")) is true,
        };
        context.Note("Kyverno takes cosign's bundles as well as its legacy signatures from the version on that has cosign 3; these authorities take the legacy ones: add 'bundle' to 'formats' where yours does");
        var form = new NativeForm(Bundle: false, Legacy: true);
        if (keyless is not null)
        {
            ImmutableArray<NativeIdentity> identities = [.. ((keyless.Optional("identities") as YamlSequence)?.Items ?? []).Select(i => Identities.Read(i, context)).OfType<NativeIdentity>()];
            if (identities.IsEmpty)
            {
                context.Refuse(
                    keyless.Position,
                    "keyless without identities",
                    "anybody with a mail address would be a signer, which a policy here has to say",
                    "'identities: [{issuer: …, subject: …}]'");
            }

            return parts.OfKeyless(name, node.Position, book, context) is { } root && !identities.IsEmpty
                ? book.Add(name, n => new NativeAuthority.Keyless(n, node.Position, root, identities) { Form = form })
                : null;
        }

        return ReadKey(cosign, node.Position, name, parts, form);
    }

    private NativeRequirement? ReadKey(MappingReader cosign, PolicyPosition position, string name, SigstoreParts parts, NativeForm form)
    {
        if (cosign.Required("key", Cosign.What) is not { } node || Key.Open(node, context) is not { } key
            || key.Text(key.Required("data", Key.What), "a public key in PEM", VerificationLimits.MaxKeyBytes) is not { } data)
        {
            return null;
        }

        if (key.Optional("hashAlgorithm") is YamlScalar { Text: not ("sha256" or "") } hash)
        {
            context.Refuse(
                hash.Position,
                "a 'hashAlgorithm' other than sha256",
                "NodeGate takes the hash that belongs to the key",
                "no 'hashAlgorithm', and signatures made with cosign's default");
        }

        return book.Add(name, n => new NativeAuthority.Cosign(n, position, [NativeMaterial.OfPem(data.Text)]) { LogTrustRoot = parts.LogOfKey(n, position, book), Form = form });
    }

    private NativeRequirement? ReadNotary(YamlNode node, string name)
    {
        if (Notary.Open(node, context) is not { } notary || ReadValue(notary.Required("certs", Notary.What)) is not { } certificates)
        {
            return null;
        }

        var stores = ImmutableArray.Create(new NativeTrustStore("ca", [certificates]));
        if (ReadValue(notary.Optional("tsaCerts")) is { } timestamps)
        {
            stores = stores.Add(new NativeTrustStore("tsa", [timestamps]));
        }

        return book.Add(name, n => new NativeAuthority.Notation(n, node.Position, stores, ["*"], "strict"));
    }

    private NativeMaterial? ReadValue(YamlNode? node) =>
        node is not null && Value.Open(node, context) is { } value
        && value.Text(value.Required("value", Value.What), "certificates in PEM", VerificationLimits.MaxCertificateFileBytes) is { } pem
            ? NativeMaterial.OfPem(pem.Text)
            : null;

    private void ReadSource(MappingReader cosign, PolicyPosition position)
    {
        var repository = cosign.Optional("source") is { } node && Source.Open(node, context) is { } source ? source.Line(source.Optional("repository"), "a repository")?.Text : null;
        if (_hasRepositories && repository != Repository)
        {
            context.Refuse(position, "attestors whose signatures lie in different places", "a rule has one 'signatureRepository'", "the same 'source' for all");
        }

        (_hasRepositories, Repository) = (true, repository);
    }
}
