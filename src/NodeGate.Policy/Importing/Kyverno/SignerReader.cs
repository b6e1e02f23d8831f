using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>Reads who may sign, as an entry of an attestor set says it: keys, an identity, or certificates.</summary>
internal sealed class SignerReader(string rule, KyvernoType type, NativeBook book, ImportContext context)
{
    private const string EndOfKey = "-----END PUBLIC KEY-----";

    private static readonly Refusal InCluster = new("it is in the cluster or a key service, not in the document", "the public key itself");

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

    private static readonly ForeignKeys Rekor = new()
    {
        What = "rekor: {url: …, pubkey: …, ignoreTlog: …}",
        Read = ["pubkey", "ignoreTlog"],
        Ignored = ["url"],
    };

    private static readonly ForeignKeys CtLog = new()
    {
        What = "ctlog: {pubkey: …, ignoreSCT: …}",
        Read = ["pubkey", "ignoreSCT"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("tsaCertChain", new Refusal("Kyverno takes a timestamp or a log entry, as cosign does by version", "a trust root with 'timestampAuthorities' by hand")),
    };

    private static readonly ForeignKeys Certificates = new()
    {
        What = "certificates: {cert: …, certChain: …}",
        Read = ["cert", "certChain"],
        Ignored = ["rekor", "ctlog"],
    };

    /// <summary>Keys in one text, an authority each; empty, with an error, where they cannot be kept.</summary>
    public KyvernoMember[] ReadKeys(YamlNode node)
    {
        if (Keys.Open(node, context) is not { } keys
            || keys.Text(keys.Required("publicKeys", Keys.What), "public keys in PEM", PolicyLimits.MaxFileBytes) is not { } text)
        {
            return [];
        }

        if (type != KyvernoType.Cosign)
        {
            context.Refuse(
                node.Position,
                $"keys with 'type: {type}'",
                "Kyverno verifies only keyless signers and certificates so",
                "'type: Cosign', or an authority by hand with 'formats: [bundle]'");
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
            context.Refuse(
                node.Position,
                "several keys in one text, with settings beside them",
                "Kyverno reads the keys as entries of their own and drops the settings, by version",
                "an entry for each key");
        }

        return [.. pems.Select(pem => new KyvernoMember(
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
            context.Refuse(
                node.Position,
                "a 'signatureAlgorithm' other than sha256",
                "NodeGate takes the hash that belongs to the key",
                "no 'signatureAlgorithm', and signatures made with cosign's default");
        }
    }

    /// <summary>An identity; empty, with an error, where it cannot be kept.</summary>
    public KyvernoMember[] ReadKeyless(YamlNode node)
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
            context.Refuse(
                node.Position,
                "a private Sigstore with 'type: SigstoreBundle'",
                "Kyverno takes the trust root of its own set-up for bundles",
                "a trust root 'sigstore: {…}' by hand");
        }

        var (issuer, subject) = (ReadText(keyless, "issuer"), ReadText(keyless, "subject"));
        if (issuer is null || subject is null || parts.OfKeyless(rule, node.Position, book, context) is not { } root)
        {
            return [];
        }

        var isBundle = type == KyvernoType.SigstoreBundle;
        return [new KyvernoMember(
            book.Add(rule + "-keyless", n => new NativeAuthority.Keyless(n, node.Position, root, [new NativeIdentity(issuer, subject)])
            {
                Form = new NativeForm(isBundle, !isBundle),
            }),
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
            keyless.Position,
            wildcard is null ? $"no '{key}'" : $"both '{key}' and '{key}RegExp'",
            "any of them would do, or both are asked, by version",
            $"'{key}' or '{key}RegExp'; '*' for any");
        return null;
    }

    /// <summary>Certificates of Notation; empty, with an error, where they cannot be kept.</summary>
    public KyvernoMember[] ReadCertificates(YamlNode node)
    {
        if (Certificates.Open(node, context) is not { } certificates)
        {
            return [];
        }

        if (type != KyvernoType.Notary)
        {
            context.Refuse(
                node.Position,
                "certificates of cosign",
                "NodeGate has keys and a Sigstore, no certificates of one's own",
                "the public key of the certificate, below 'keys'");
            return [];
        }

        var pem = string.Join('\n', new[] { "cert", "certChain" }
            .Select(k => certificates.Text(certificates.Optional(k), "certificates in PEM", VerificationLimits.MaxCertificateFileBytes)?.Text.Trim()).OfType<string>());
        return [new KyvernoMember(
            book.Add(
                rule + "-notation",
                n => new NativeAuthority.Notation(n, node.Position, [new NativeTrustStore("ca", [NativeMaterial.OfPem(pem)])], ["*"], "strict")),
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
}
