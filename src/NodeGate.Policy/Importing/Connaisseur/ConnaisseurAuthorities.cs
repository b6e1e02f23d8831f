using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Verification;

namespace NodeGate.Policy.Importing.Connaisseur;

/// <summary>Makes of a validator and a rule's options what NodeGate's rule requires, with the authorities that it names.</summary>
internal sealed class ConnaisseurAuthorities(ImportContext context)
{
    private const string PublicGood = BuiltInTrustRoots.PublicGood;

    private readonly NativeNames _names = new();
    private readonly Dictionary<string, NativeAuthority> _authorities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NativeTrustRoot> _trustRoots = new(StringComparer.Ordinal);

    public ImmutableArray<NativeAuthority> Authorities => [.. _authorities.Values];

    public ImmutableArray<NativeTrustRoot> TrustRoots => [.. _trustRoots.Values];

    /// <summary>What becomes of images that <paramref name="validator"/> judges; null, with an error, where it cannot be kept.</summary>
    public NativeAction? ActionOf(ConnaisseurValidator validator, ConnaisseurOptions options)
    {
        switch (validator)
        {
            case ConnaisseurValidator.Static { Approves: true }:
                return new NativeAction.Allow($"Connaisseur's validator '{validator.Name}' approves");
            case ConnaisseurValidator.Static:
                return new NativeAction.Deny($"Connaisseur's validator '{validator.Name}' does not approve");
            default:
                var requirement = validator switch
                {
                    ConnaisseurValidator.Cosign cosign => RequireCosign(cosign, options),
                    ConnaisseurValidator.Notation notation => RequireNotation(notation, options),
                    ConnaisseurValidator.NotaryV1 notary => RequireNotary(notary, options),
                    _ => throw new InvalidOperationException("A validator that is not known."),
                };
                return requirement is null ? null : new NativeAction.Require(requirement);
        }
    }

    private NativeRequirement? RequireCosign(ConnaisseurValidator.Cosign validator, ConnaisseurOptions options)
    {
        if (!options.IsForAll)
        {
            if (options.Threshold > 0 || !options.Required.IsEmpty)
            {
                context.Refuse(
                    options.Position,
                    "'threshold' or 'required' with one trust root",
                    "Connaisseur heeds them only with 'trustRoot: \"*\"'",
                    "'trustRoot: \"*\"', or neither of them");
                return null;
            }

            return Find(validator.TrustRoots, options.TrustRoot, options.Position, validator) is { } one ? Authority(validator, one, options) : null;
        }

        ImmutableArray<ConnaisseurTrustRoot> required =
            [.. options.Required.Select(r => Find(validator.TrustRoots, r.Text, r.Position, validator)).OfType<ConnaisseurTrustRoot>().Distinct()];
        if (options.Threshold > validator.TrustRoots.Length)
        {
            context.Errors.Add(
                options.Position,
                $"a threshold of {options.Threshold} with {validator.TrustRoots.Length} trust roots",
                "a threshold that can be met");
            return null;
        }

        // Connaisseur asks only the required ones where the threshold does not ask for more.
        var threshold = required.IsEmpty && options.Threshold == 0 ? validator.TrustRoots.Length : options.Threshold;
        ImmutableArray<NativeRequirement?> members = required.Length >= threshold && !required.IsEmpty
            ? [.. required.Select(r => Authority(validator, r, options))]
            : [.. required.Select(r => Authority(validator, r, options)), Counted(validator, options, threshold)];
        return members.Any(m => m is null) ? null : NativeRequirement.All([.. members.OfType<NativeRequirement>()]);
    }

    /// <summary>
    /// Connaisseur counts trust roots, NodeGate signers. That is the same for one, for all, and where each trust root is one signer and no other's.
    /// </summary>
    private NativeRequirement? Counted(ConnaisseurValidator.Cosign validator, ConnaisseurOptions options, int threshold)
    {
        var all = validator.TrustRoots;
        ImmutableArray<NativeRequirement?> members = [.. all.Select(r => Authority(validator, r, options))];
        if (members.Any(m => m is null))
        {
            return null;
        }

        ImmutableArray<NativeRequirement> sound = [.. members.OfType<NativeRequirement>()];
        if (threshold == 1 || threshold == all.Length)
        {
            return threshold == 1 ? NativeRequirement.Any(sound) : NativeRequirement.All(sound);
        }

        if (all.Any(r => r.Identity is { Issuer.IsRegex: true } or { Subject.IsRegex: true }) || all.DistinctBy(SignerOf).Count() < all.Length)
        {
            context.Refuse(
                options.Position,
                $"a threshold of {threshold} of {all.Length} trust roots",
                "Connaisseur counts trust roots and NodeGate signers, and here one signer can be several trust roots (an expression, or one key twice)",
                "trust roots with a key or an exact identity each, or 'require: {allOf: […]}' in the policy that was imported");
            return null;
        }

        return new NativeRequirement.AtLeast(threshold, sound);
    }

    /// <summary>Who signs: one key has many spellings in PEM and one fingerprint.</summary>
    private static string SignerOf(ConnaisseurTrustRoot root) =>
        root.Key is { } pem ? (PublicKey.TryParse(pem, out var key, out _) ? key.Fingerprint.ToString() : pem) : $"{root.Identity?.Issuer.Text} {root.Identity?.Subject.Text}";

    private NativeRequirement.Authority? Authority(ConnaisseurValidator.Cosign validator, ConnaisseurTrustRoot root, ConnaisseurOptions options)
    {
        var position = root.Position;
        var legacy = new NativeForm(Bundle: false, Legacy: true);
        if (root.Key is { } key)
        {
            if (!key.StartsWith("-----BEGIN PUBLIC KEY-----", StringComparison.Ordinal))
            {
                context.Refuse(
                    position,
                    $"the key of '{root.Name}'",
                    "it names a key that is kept elsewhere (a KMS, a secret or a file)",
                    "the public key in PEM, as a block of text");
                return null;
            }

            var log = options.VerifiesLog ? LogOf(validator) : null;
            return Named(validator, root, log ?? "", name => new NativeAuthority.Cosign(name, position, [NativeMaterial.OfPem(key)]) { LogTrustRoot = log, Form = legacy });
        }

        if (root.Identity is not { } identity)
        {
            context.Errors.Add(
                position,
                $"the trust root '{root.Name}' without a key and without an identity",
                "'key' or 'keyless', as its validator is of type 'cosign'");
            return null;
        }

        return CertifierOf(validator, options) is not { } trustRoot
            ? null
            : Named(validator, root, trustRoot, name => new NativeAuthority.Keyless(name, position, trustRoot, [identity]) { Form = legacy });
    }

    /// <summary>The trust root with the log for keys.</summary>
    private string LogOf(ConnaisseurValidator.Cosign validator) => validator.Sigstore.RekorKey is not { } key ? PublicGood : TrustRootOf(
        validator, "log", name => new NativeTrustRoot(name, validator.Position) { TransparencyLogs = [new(NativeMaterial.OfPem(key), validator.Sigstore.Rekor)] });

    /// <summary>The trust root for identities: all of it public, or all of it private.</summary>
    private string? CertifierOf(ConnaisseurValidator.Cosign validator, ConnaisseurOptions options)
    {
        var sigstore = validator.Sigstore;
        if (!options.VerifiesLog)
        {
            context.Refuse(
                options.Position,
                "'verifyInTransparencyLog: false' with an identity",
                "a short-lived certificate is judged at the time that the log signed, and NodeGate takes none without",
                "'verifyInTransparencyLog: true'");
            return null;
        }

        if (sigstore is { FulcioCertificates: null, RekorKey: null } && (sigstore.CertificateLogKey is null || !options.VerifiesSct))
        {
            if (!options.VerifiesSct)
            {
                context.Refuse(
                    options.Position,
                    "'verifySCT: false' with the public Sigstore",
                    "NodeGate asks for the certificate log of a trust root that has one",
                    "'verifySCT: true', or a trust root of your own in the policy that was imported");
                return null;
            }

            return PublicGood;
        }

        if (sigstore is not { FulcioCertificates: { } fulcio, RekorKey: { } rekor } || (options.VerifiesSct && sigstore.CertificateLogKey is null))
        {
            context.Refuse(
                validator.Position,
                $"the Sigstore of '{validator.Name}', of which only a part is given",
                "the rest would be the public Sigstore's, and a trust root of NodeGate's is one or the other",
                "fulcioCert, rekorPubkey and, unless 'verifySCT: false', ctLogPubkey; or none of them");
            return null;
        }

        return TrustRootOf(validator, options.VerifiesSct ? "sigstore" : "sigstore-without-sct", name => new NativeTrustRoot(name, validator.Position)
        {
            CertificateAuthorities = [new(NativeMaterial.OfPem(fulcio), $"fulcio of {validator.Name}")],
            TransparencyLogs = [new(NativeMaterial.OfPem(rekor), sigstore.Rekor)],
            CertificateLogs = options.VerifiesSct ? [new(NativeMaterial.OfPem(sigstore.CertificateLogKey!), $"certificate log of {validator.Name}")] : [],
        });
    }

    private NativeRequirement.Authority? RequireNotation(ConnaisseurValidator.Notation validator, ConnaisseurOptions options)
    {
        ImmutableArray<ConnaisseurTrustRoot> roots = options.IsForAll
            ? validator.TrustRoots
            : Find(validator.TrustRoots, options.TrustRoot, options.Position, validator) is { } one ? [one] : [];
        if (roots.Any(r => r.Certificate is null))
        {
            context.Errors.Add(
                validator.Position,
                $"a trust root of '{validator.Name}' without a certificate",
                "'cert' in each, as the validator is of type 'notation'");
            return null;
        }

        ImmutableArray<NativeMaterial> timestamps = [.. roots.Select(r => r.TimestampCertificate).OfType<string>().Select(NativeMaterial.OfPem)];
        ImmutableArray<NativeTrustStore> stores = [new("ca", [.. roots.Select(r => NativeMaterial.OfPem(r.Certificate!))]), .. timestamps.IsEmpty ? [] : new[] { new NativeTrustStore("tsa", timestamps) }];
        return roots.IsEmpty ? null : Named(validator, roots[0], $"{roots.Length} {options.Level} {options.Timestamps}", name =>
            new NativeAuthority.Notation(name, validator.Position, stores, ["*"], options.Level) { VerifyTimestamp = timestamps.IsEmpty ? null : options.Timestamps });
    }

    private NativeRequirement.Authority? RequireNotary(ConnaisseurValidator.NotaryV1 validator, ConnaisseurOptions options)
    {
        if (options.IsForAll && validator.TrustRoots.Length > 1)
        {
            context.Refuse(
                options.Position,
                $"all {validator.TrustRoots.Length} root keys of '{validator.Name}'",
                "Connaisseur wants every one of them to have signed the root, and NodeGate any of them",
                "the name of the one root key as 'trustRoot'");
            return null;
        }

        var root = options.IsForAll ? validator.TrustRoots.FirstOrDefault() : Find(validator.TrustRoots, options.TrustRoot, options.Position, validator);
        if (root is { Key: null })
        {
            context.Errors.Add(root.Position, $"the trust root '{root.Name}' without a key", "'key', as its validator is of type 'notaryv1'");
            return null;
        }

        ImmutableArray<string> delegations = [.. options.Delegations.Select(d => d.StartsWith("targets/", StringComparison.Ordinal) ? d : "targets/" + d)];
        return root is null ? null : Named(validator, root, string.Join(' ', delegations), name =>
            new NativeAuthority.Notary(name, root.Position, validator.Server, [NativeMaterial.OfPem(root.Key!)]) { Delegations = delegations });
    }

    private ConnaisseurTrustRoot? Find(ImmutableArray<ConnaisseurTrustRoot> roots, string name, PolicyPosition position, ConnaisseurValidator validator)
    {
        var root = roots.FirstOrDefault(r => r.Name == name);
        if (root is null)
        {
            context.Errors.Add(
                position, $"the trust root {Quote.Of(name)}, which the validator '{validator.Name}' does not have", "one of " + string.Join(", ", roots.Select(r => r.Name)));
        }

        return root;
    }

    /// <summary>The authority of a trust root and the options that matter to it, made when it is first asked for.</summary>
    private NativeRequirement.Authority Named(ConnaisseurValidator validator, ConnaisseurTrustRoot root, string variant, Func<string, NativeAuthority> make)
    {
        var key = $"{validator.Name}\n{root.Name}\n{variant}";
        if (!_authorities.TryGetValue(key, out var authority))
        {
            authority = _authorities[key] = make(_names.Unique($"{validator.Name}-{root.Name}"));
        }

        return new NativeRequirement.Authority(authority.Name);
    }

    private string TrustRootOf(ConnaisseurValidator validator, string variant, Func<string, NativeTrustRoot> make)
    {
        var key = $"{validator.Name}\n{variant}";
        if (!_trustRoots.TryGetValue(key, out var root))
        {
            root = _trustRoots[key] = make(_names.Unique($"{validator.Name}-{variant}"));
        }

        return root.Name;
    }
}
