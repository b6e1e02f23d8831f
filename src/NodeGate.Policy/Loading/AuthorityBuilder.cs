using System.Collections.Immutable;
using NodeGate.Policy.Loading.Trust;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>Makes authorities with their keys and trust roots, and finds them by name.</summary>
internal sealed class AuthorityBuilder(IPolicyFiles files, TrustRootBuilder trustRoots, ErrorList errors)
{
    private readonly Dictionary<string, Authority> _byName = new(StringComparer.Ordinal);

    public ImmutableArray<Authority> ToSorted() => [.. _byName.Values.OrderBy(a => a.Name, StringComparer.Ordinal)];

    public void Add(AuthorityConfig config)
    {
        SignerRequirement requirement = config.Keyless is { } keyless ? BuildKeyless(keyless) : BuildCosign(config.Cosign);
        if (config.Name is not { } name)
        {
            return;
        }

        if (!_byName.TryAdd(name.Text, new Authority(name.Text, config.Position, requirement)))
        {
            errors.Add(name.Position, $"a second authority '{name.Text}'", $"a name of its own; the first one is at {_byName[name.Text].Position}");
        }
    }

    /// <summary>The authority of this name; null, with an error, where there is none.</summary>
    public Authority? Find(string name, PolicyPosition position)
    {
        if (_byName.TryGetValue(name, out var authority))
        {
            return authority;
        }

        var known = _byName.Keys.Order(StringComparer.Ordinal).ToArray();
        var nearest = Nearest.To(name, known);
        errors.Add(
            position,
            $"the unknown authority {Quote.Of(name)}",
            nearest is not null ? $"'{nearest}'? It must be the name of an authority"
                : known.Length == 0 ? "the name of an authority; the policy has none: add one below 'authorities'"
                : "the name of an authority: " + string.Join(", ", known.Take(10)) + (known.Length > 10 ? ", …" : ""));
        return null;
    }

    /// <summary>What is missing was told, and makes a requirement that nothing satisfies; there is no model with it.</summary>
    private KeyRequirement BuildCosign(CosignConfig? config)
    {
        var keys = config?.Keys.Select(k => ReadKey(k) is { } key ? new TrustedKey(key, k.ValidFor) : null).OfType<TrustedKey>().Distinct().ToImmutableArray() ?? [];
        if (keys.GroupBy(k => k.Key).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            errors.Add(config!.Position, $"the key {twice.Key} with two periods", "each key once, with one 'validFrom' and 'validUntil'");
        }

        return new KeyRequirement
        {
            Keys = keys,
            TransparencyLog = config?.Log is { } log && FindTrustRoot(log, certifies: false) is { } root ? new LogRequirement(root, log.Logs, log.Timestamps) : null,
            AcceptBundle = config?.Form.AcceptBundle ?? false,
            AcceptLegacy = config?.Form.AcceptLegacy ?? false,
            Annotations = config?.Form.Annotations ?? ImmutableDictionary<string, string>.Empty,
        };
    }

    private KeylessRequirement BuildKeyless(KeylessConfig config) => new()
    {
        TrustRoot = FindTrustRoot(config.Trust, certifies: true) ?? TrustRoot.Unusable("refused"),
        Identities = config.Identities,
        Certificate = config.Certificate,
        Logs = config.Trust.Logs,
        Timestamps = config.Trust.Timestamps,
        AcceptBundle = config.Form.AcceptBundle,
        AcceptLegacy = config.Form.AcceptLegacy,
        Annotations = config.Form.Annotations,
    };

    private TrustRoot? FindTrustRoot(TrustConfig config, bool certifies)
    {
        if (config.TrustRoot is not { } name || trustRoots.Find(name) is not { } named)
        {
            return null;
        }

        var root = named.TrustRoot;
        if (root.Problem is not null)
        {
            return root;
        }

        // Counted as the verifier counts them: two logs of one operator are one voice.
        var logs = root.TransparencyLogs.DistinctBy(l => l.Operator, StringComparer.Ordinal).Count();
        var timestamps = root.TimestampAuthorities.DistinctBy(a => a.Uri, StringComparer.Ordinal).Count();
        (int Wanted, int Has, string What, string Instead)[] needs =
        [
            (config.Logs, logs, "transparency logs of different operators", "a lower threshold"),
            (config.Timestamps, timestamps, "timestamp authorities", "a lower threshold, no 'requireTimestamp'"),
            (certifies ? 1 : 0, root.CertificateAuthorities.Length, "certificate authorities", "keys instead ('cosign')"),
        ];
        foreach (var (wanted, has, what, instead) in needs.Where(n => n.Wanted > n.Has))
        {
            var lack = $"with {has} {what}, of which {wanted} {(wanted == 1 ? "is" : "are")} needed";
            if (named.Tuf is { } source)
            {
                // A mirror can come to serve less at any time: no reason for a node not to start.
                return TrustRootBuilder.Unusable(source, $"it came {lack}");
            }

            errors.Add(
                name.Position, $"the trust root '{name.Text}' {lack}, so nothing could satisfy this authority", $"a trust root with more {what}, or {instead}");
        }

        return root;
    }

    private PublicKey? ReadKey(KeyConfig config)
    {
        PublicKey? key;
        string? error;
        if (config.Pem is { } pem)
        {
            if (!PublicKey.TryParse(pem.Text.AsSpan(), out key, out error))
            {
                errors.Add(pem.Position, $"no usable key ({error})", "a public key in PEM, '-----BEGIN PUBLIC KEY-----', as a block of text ('pem: |')");
            }

            return key;
        }

        var file = config.File!;
        var content = files.Read(file.Position.File, file.Text, VerificationLimits.MaxKeyBytes);
        if (content.Error is not null)
        {
            errors.Add(file.Position, $"the key file {Quote.Of(file.Text)}, which cannot be read: {content.Error}", "a readable file with one public key");
            return null;
        }

        if (!PublicKey.TryParse(content.Content.Span, out key, out error))
        {
            errors.Add(file.Position, $"the key file {Quote.Of(file.Text)} without a usable key ({error})", "a file with one public key in PEM or DER");
        }

        return key;
    }
}
