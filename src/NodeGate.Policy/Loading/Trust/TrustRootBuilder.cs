using System.Collections.Immutable;
using System.Text;
using NodeGate.Verification;
using NodeGate.Verification.Tuf;

namespace NodeGate.Policy.Loading.Trust;

/// <summary>Makes trust roots, and finds them by name.</summary>
internal sealed class TrustRootBuilder(IPolicyFiles files, ErrorList errors)
{
    private const string JsonFile = "a readable trusted_root.json (Sigstore's trust root, version 0.1 or 0.2)";

    // Null: there is one of this name, and what is wrong with it was told.
    private readonly Dictionary<string, NamedTrustRoot?> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PolicyPosition> _positions = new(StringComparer.Ordinal);

    public ImmutableArray<NamedTrustRoot> ToSorted() => [.. _byName.Values.OfType<NamedTrustRoot>().OrderBy(r => r.Name, StringComparer.Ordinal)];

    public void Add(TrustRootConfig config)
    {
        var built = Build(config);
        if (config.Name is not { } name)
        {
            return;
        }

        if (_positions.TryAdd(name.Text, name.Position))
        {
            _byName[name.Text] = built;
        }
        else
        {
            errors.Add(name.Position, $"a second trust root '{name.Text}'", $"a name of its own; the first one is at {_positions[name.Text]}");
        }
    }

    /// <summary>The trust root of this name; null, with an error, where there is none.</summary>
    public NamedTrustRoot? Find(Located name)
    {
        if (!_byName.TryGetValue(name.Text, out var found) && name.Text == BuiltInTrustRoots.PublicGood)
        {
            found = BuildBuiltIn(name);
            _byName[name.Text] = found;
        }

        if (!_byName.ContainsKey(name.Text))
        {
            string[] known = [.. _byName.Keys.Append(BuiltInTrustRoots.PublicGood).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            var nearest = Nearest.To(name.Text, known);
            errors.Add(
                name.Position,
                $"the unknown trust root {Quote.Of(name.Text)}",
                nearest is null ? "the name of a trust root: " + string.Join(", ", known) : $"'{nearest}'? It must be the name of a trust root");
        }

        return found;
    }

    /// <summary>What stands in for a trust root that was fetched, or was to be, while it is good for nothing.</summary>
    public static TrustRoot Unusable(TufSource source, string problem) => TrustRoot.Unusable(
        $"the trust root '{source.Name}' of {source.Mirror} cannot be used: {problem}; run nodegate trust update {source.Name}, or wait for the daemon's refresh");

    private NamedTrustRoot? BuildBuiltIn(Located name)
    {
        var content = files.ReadBuiltIn(name.Text);
        if (content.Error is not null)
        {
            errors.Add(
                name.Position,
                $"the built-in trust root '{name.Text}', which cannot be read: {content.Error}",
                "an entry of 'trustRoots' with this name, or a NodeGate with it");
            return null;
        }

        return Parse(content, name, $"the built-in trust root '{name.Text}'") is { } root ? new NamedTrustRoot(name.Text, "built in", root, null) : null;
    }

    /// <summary>The built-in trust root, kept up to date: as it was delivered until something was fetched.</summary>
    private NamedTrustRoot? BuildBuiltIn(Located name, Uri mirror)
    {
        var pinned = files.ReadBuiltInTufRoot(name.Text);
        if (pinned.Error is not null)
        {
            errors.Add(name.Position, $"no 'root', and none is built in: {pinned.Error}", "'root: FILE' beside the mirror, the repository's root.json");
            return null;
        }

        var source = new TufSource(name.Text, mirror, pinned.Content);
        if (files.ReadFetched(source).Error is null)
        {
            return BuildFetched(source);
        }

        return BuildBuiltIn(name) is { } delivered ? new NamedTrustRoot(name.Text, $"TUF repository {mirror}", delivered.TrustRoot, source) : null;
    }

    private NamedTrustRoot? Build(TrustRootConfig config)
    {
        var name = config.Name?.Text ?? "";
        if (config.File is { } file)
        {
            var content = Read(file, VerificationLimits.MaxTrustRootBytes, JsonFile);
            return content is not null && Parse(content, file, $"the file {Quote.Of(file.Text)}") is { } root
                ? new NamedTrustRoot(name, file.Text, root, null)
                : null;
        }

        if (config is { Name: { } builtIn, Tuf: { Mirror: { } address, IsBuiltIn: true } })
        {
            return BuildBuiltIn(builtIn, new Uri(address.Text));
        }

        if (config.Tuf is { Mirror: { } mirror, Root: { } pinned })
        {
            return Read(pinned, TufLimits.MaxRootBytes, "a readable file with the repository's root.json") is { } root
                ? BuildFetched(new TufSource(name, new Uri(mirror.Text), root.Content))
                : null;
        }

        return config.Sigstore is { } sigstore && BuildSigstore(sigstore) is { } parts
            ? new NamedTrustRoot(name, $"parts named at {sigstore.Position}", parts, null)
            : null;
    }

    /// <summary>What another party serves is no error of the policy: it leaves the answers open, and the daemon starts without the network.</summary>
    private NamedTrustRoot BuildFetched(TufSource source)
    {
        var content = files.ReadFetched(source);
        string? error = null;
        TrustRoot? root = null;
        if (content.Error is null)
        {
            _ = TrustRoot.TryParse(content.Content.Span, out root, out error);
        }

        return new NamedTrustRoot(source.Name, $"TUF repository {source.Mirror}", root ?? Unusable(source, content.Error ?? error!), source);
    }

    private TrustRoot? BuildSigstore(SigstoreConfig config)
    {
        var before = errors.Count;
        var authorities = config.CertificateAuthorities.Select(ReadAuthority).ToArray();
        var certificateLogs = config.CertificateLogs.Select(m => ReadLog(m, isTransparencyLog: false)).ToArray();
        var logs = config.TransparencyLogs.Select(m => ReadLog(m, isTransparencyLog: true)).ToArray();
        var timestamps = config.TimestampAuthorities.Select(ReadAuthority).ToArray();
        if (errors.Count > before)
        {
            return null;
        }

        if (!TrustRoot.TryCreate(
            [.. logs.OfType<TransparencyLog>()],
            [.. certificateLogs.OfType<TransparencyLog>()],
            [.. authorities.OfType<CertificateAuthority>()],
            [.. timestamps.OfType<CertificateAuthority>()],
            out var root,
            out var error))
        {
            errors.Add(config.Position, error, "a private Sigstore with each of its parts once");
        }

        return root;
    }

    private CertificateAuthority? ReadAuthority(MemberConfig config)
    {
        if (config is not { Material: { } material, Url: { } url }
            || Read(material, VerificationLimits.MaxCertificateFileBytes, "a readable file with certificates in PEM") is not { } content)
        {
            return null;
        }

        if (!CertificateAuthority.TryCreate(url.Text, content.Content.Span, config.ValidFor, out var authority, out var error))
        {
            errors.Add(material.Text.Position, $"{material.Describe()} without a usable chain ({error})", "certificates in PEM: the issuer first, the trust anchor last");
        }

        return authority;
    }

    private TransparencyLog? ReadLog(MemberConfig config, bool isTransparencyLog)
    {
        // Without its start, which was told, there is nothing to make a transparency log of.
        if (config is not { Material: { } material, Url: { } url } || (isTransparencyLog && config.ValidFor.Start is null)
            || Read(material, VerificationLimits.MaxKeyBytes, "a readable file with one public key") is not { } content)
        {
            return null;
        }

        var isMade = isTransparencyLog
            ? TransparencyLog.TryCreate(url.Text, content.Content.Span, config.ValidFor, config.Operator?.Text, out var log, out var error)
            : TransparencyLog.TryCreateCertificateLog(url.Text, content.Content.Span, config.ValidFor, out log, out error);
        if (!isMade)
        {
            errors.Add(material.Text.Position, $"{material.Describe()} without a usable key ({error})", "one public key in PEM or, in a file, DER");
        }

        return log;
    }

    private FileContent? Read(MaterialConfig material, int maxBytes, string expected) =>
        material.IsPem ? FileContent.Found(Encoding.UTF8.GetBytes(material.Text.Text)) : Read(material.Text, maxBytes, expected);

    private FileContent? Read(Located file, int maxBytes, string expected)
    {
        var content = files.Read(file.Position.File, file.Text, maxBytes);
        if (content.Error is null)
        {
            return content;
        }

        errors.Add(file.Position, $"the file {Quote.Of(file.Text)}, which cannot be read: {content.Error}", expected);
        return null;
    }

    private TrustRoot? Parse(FileContent content, Located place, string what)
    {
        if (!TrustRoot.TryParse(content.Content.Span, out var root, out var error))
        {
            errors.Add(place.Position, $"{what}: {error}", JsonFile);
        }

        return root;
    }
}
