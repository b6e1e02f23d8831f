using System.Collections.Immutable;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>Makes authorities with their keys, and finds them by name.</summary>
internal sealed class AuthorityBuilder(IKeyFiles keyFiles, ErrorList errors)
{
    private readonly Dictionary<string, Authority> _byName = new(StringComparer.Ordinal);

    public ImmutableArray<Authority> ToSorted() => [.. _byName.Values.OrderBy(a => a.Name, StringComparer.Ordinal)];

    public void Add(AuthorityConfig config)
    {
        var requirement = new KeyRequirement
        {
            Keys = [.. config.Keys.Select(ReadKey).OfType<PublicKey>().Distinct().Select(k => new TrustedKey(k, ValidityPeriod.Always))],
            AcceptBundle = config.AcceptBundle,
            AcceptLegacy = config.AcceptLegacy,
            Annotations = config.Annotations,
        };
        if (config.Name is not { } name)
        {
            return;
        }

        if (!_byName.TryAdd(name.Text, new Authority(name.Text, config.Position, requirement)))
        {
            errors.Add(name.Position, $"a second authority '{name.Text}'", $"a name of its own; the first one is at {_byName[name.Text].Position}");
        }
    }

    /// <summary>The authority that <paramref name="config"/> names; null, with an error, where there is none.</summary>
    public Authority? Find(RequireConfig config)
    {
        if (_byName.TryGetValue(config.Authority, out var authority))
        {
            return authority;
        }

        var known = _byName.Keys.Order(StringComparer.Ordinal).ToArray();
        var nearest = Nearest.To(config.Authority, known);
        errors.Add(
            config.Position,
            $"the unknown authority {Quote.Of(config.Authority)}",
            nearest is not null ? $"'{nearest}'? It must be the name of an authority"
                : known.Length == 0 ? "the name of an authority; the policy has none: add one below 'authorities'"
                : "the name of an authority: " + string.Join(", ", known.Take(10)) + (known.Length > 10 ? ", …" : ""));
        return null;
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
        var content = keyFiles.Read(file.Position.File, file.Text);
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
