using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>Reads an entry of <c>validators</c>.</summary>
internal static class ConnaisseurValidatorReader
{
    private const string DefaultNotary = "https://notary.docker.io";

    private static readonly ForeignKeys StaticKeys = new() { What = "a validator of type 'static'", Read = ["name", "type", "approve"] };

    private static readonly ForeignKeys SigningKeys = new()
    {
        What = "a validator of type 'cosign', 'notation' or 'notaryv1', with its 'trustRoots'",
        Read = ["name", "type", "trustRoots", "host", "auth", "cert"],
    };

    private static readonly ForeignKeys Sigstore = new()
    {
        What = "the 'host' of a cosign validator: its rekor, rekorPubkey, fulcioCert and ctLogPubkey",
        Read = ["rekor", "rekorPubkey", "fulcioCert", "ctLogPubkey"],
    };

    private static readonly ForeignKeys TrustRoot = new()
    {
        What = "a trust root: its name, and its key, cert or keyless",
        Read = ["name", "key", "cert", "tsCert", "keyless"],
    };

    private static readonly ForeignKeys Keyless = new()
    {
        What = "an identity: its issuer or issuerRegex, and its subject or subjectRegex",
        Read = ["issuer", "issuerRegex", "subject", "subjectRegex"],
    };

    /// <summary>Null, with an error, for what is no validator.</summary>
    public static ConnaisseurValidator? Read(YamlNode node, ImportContext context)
    {
        const string Types = "'static', 'cosign', 'notation' or 'notaryv1'";
        var type = (node as YamlMapping)?.Entries.FirstOrDefault(e => e.Key == "type")?.Value;
        var word = (type as YamlScalar)?.Text;
        if ((word is "static" ? StaticKeys : SigningKeys).Open(node, context) is not { } validator
            || validator.Line(validator.Required("name", "'name: …', by which rules name it"), "a name")?.Text is not { } name)
        {
            return null;
        }

        if (word is "static")
        {
            return new ConnaisseurValidator.Static(name, node.Position, validator.Flag(validator.Optional("approve")) ?? false);
        }

        if (word is not ("cosign" or "notation" or "notaryv1"))
        {
            context.Errors.Add(type?.Position ?? node.Position, $"a validator of type {Quote.Of(word ?? "")}", $"one of type {Types}");
            return null;
        }

        NoteAccess(validator, name, context);
        var roots = validator.List(
            validator.Required("trustRoots", "'trustRoots: […]'"), "a list of trust roots", PolicyLimits.MaxRequirementMembers, nameof(PolicyLimits.MaxRequirementMembers));
        ImmutableArray<ConnaisseurTrustRoot> trustRoots = [.. roots.Select(r => ReadTrustRoot(r, context)).OfType<ConnaisseurTrustRoot>()];
        return word switch
        {
            "cosign" => new ConnaisseurValidator.Cosign(name, node.Position, trustRoots, ReadSigstore(validator, context)),
            "notation" => new ConnaisseurValidator.Notation(name, node.Position, trustRoots),
            _ => new ConnaisseurValidator.NotaryV1(name, node.Position, trustRoots, ReadServer(validator)),
        };
    }

    private static void NoteAccess(MappingReader validator, string name, ImportContext context)
    {
        if (validator.Optional("auth") is { } auth)
        {
            context.Note(auth.Position, $"the credentials of '{name}' were left out: NodeGate asks the registry as the pod that pulls does");
        }

        if (validator.Optional("cert") is { } cert)
        {
            context.Note(cert.Position, $"the certificate of the registry of '{name}' was left out: NodeGate reads those of containerd, in its certs.d");
        }
    }

    private static ConnaisseurSigstore ReadSigstore(MappingReader validator, ImportContext context)
    {
        var defaults = new ConnaisseurSigstore();
        return validator.Optional("host") is not { } node || Sigstore.Open(node, context) is not { } host ? defaults : new ConnaisseurSigstore
        {
            Rekor = host.Line(host.Optional("rekor"), "the address of Rekor")?.Text ?? defaults.Rekor,
            RekorKey = ReadPem(host, "rekorPubkey"),
            FulcioCertificates = ReadPem(host, "fulcioCert"),
            CertificateLogKey = ReadPem(host, "ctLogPubkey"),
        };
    }

    private static string ReadServer(MappingReader validator)
    {
        var host = validator.Line(validator.Optional("host"), "the address of the Notary server")?.Text ?? DefaultNotary;
        return host.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || host.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? host : "https://" + host;
    }

    private static ConnaisseurTrustRoot? ReadTrustRoot(YamlNode node, ImportContext context)
    {
        if (TrustRoot.Open(node, context) is not { } root
            || root.Line(root.Required("name", "'name: …', by which rules name it"), "a name")?.Text is not { } name)
        {
            return null;
        }

        if (new[] { "key", "cert", "keyless" }.Count(root.Has) != 1)
        {
            context.Errors.Add(
                node.Position,
                $"a trust root with {(new[] { "key", "cert", "keyless" }.Any(root.Has) ? "several" : "none")} of 'key', 'cert' and 'keyless'",
                "one of them");
        }

        return new ConnaisseurTrustRoot(name, node.Position)
        {
            Key = ReadPem(root, "key"),
            Certificate = ReadPem(root, "cert"),
            TimestampCertificate = ReadPem(root, "tsCert"),
            Identity = root.Optional("keyless") is { } keyless ? ReadIdentity(keyless, context) : null,
        };
    }

    private static NativeIdentity? ReadIdentity(YamlNode node, ImportContext context) =>
        Keyless.Open(node, context) is { } keyless && ReadText(keyless, "issuer", context) is { } issuer && ReadText(keyless, "subject", context) is { } subject
            ? new NativeIdentity(issuer, subject)
            : null;

    private static NativeText? ReadText(MappingReader keyless, string key, ImportContext context)
    {
        var regexKey = key + "Regex";
        if (keyless.Has(key) == keyless.Has(regexKey))
        {
            context.Errors.Add(
                keyless.Position,
                keyless.Has(key) ? $"both '{key}' and '{regexKey}'" : $"neither '{key}' nor '{regexKey}'",
                "exactly one of them");
            return null;
        }

        return keyless.Has(key)
            ? keyless.Line(keyless.Optional(key), $"the {key}") is { } exact ? new NativeText(exact.Text, IsRegex: false) : null
            : GoRegex.Read(keyless.Text(keyless.Optional(regexKey), $"an expression for the {key}", VerificationLimits.MaxPatternCharacters), context);
    }

    private static string? ReadPem(MappingReader mapping, string key) =>
        mapping.Text(mapping.Optional(key), "PEM, as a block of text", VerificationLimits.MaxCertificateFileBytes)?.Text;
}
