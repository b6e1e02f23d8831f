using System.Collections.Immutable;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading.Trust;

/// <summary>Reads an entry of <c>trustRoots</c>.</summary>
internal static class TrustRootReader
{
    private const string Kinds = "exactly one of 'trustedRoot: FILE', 'tuf: {mirror: URL, root: FILE}' and 'sigstore: {…}'";
    private const string Shape = "a trust root: {name: …, trustedRoot: FILE}, or with 'tuf' or 'sigstore' instead";
    private const string SigstoreShape = "the parts of a private Sigstore: certificateAuthorities, certificateLogs, transparencyLogs, timestampAuthorities";
    private static readonly ImmutableArray<string> KindKeys = ["trustedRoot", "tuf", "sigstore"];

    /// <summary>The keys of a trust root.</summary>
    public static ImmutableArray<string> Keys { get; } = ["name", .. KindKeys];

    /// <summary>The keys of a <c>tuf</c>.</summary>
    public static ImmutableArray<string> TufKeys { get; } = ["mirror", "root"];

    /// <summary>The keys of a <c>sigstore</c>.</summary>
    public static ImmutableArray<string> SigstoreKeys { get; } = ["certificateAuthorities", "certificateLogs", "transparencyLogs", "timestampAuthorities"];

    /// <summary>The keys of a key or of certificates in place.</summary>
    public static ImmutableArray<string> MaterialKeys { get; } = ["pem"];

    /// <summary>The keys of an entry of one of the lists of a <c>sigstore</c>.</summary>
    public static ImmutableArray<string> MemberKeys(string fileKey, string urlKey, bool isTransparencyLog) =>
        [fileKey, urlKey, "validFrom", "validUntil", .. isTransparencyLog ? ["operator"] : Array.Empty<string>()];

    public static TrustRootConfig? Read(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, Shape, Keys, LaterKeys.None, errors) is not { } root)
        {
            return null;
        }

        var kinds = KindKeys.Where(root.Has).ToArray();
        if (kinds.Length != 1)
        {
            errors.Add(node.Position, kinds.Length == 0 ? "a trust root without content" : string.Join(" and ", kinds.Select(k => $"'{k}'")), Kinds);
        }

        var name = root.Name(root.Required("name", "'name: …', by which authorities name it"), "a name");
        return new TrustRootConfig(
            name,
            node.Position,
            root.Line(root.Optional("trustedRoot"), "the name of a trusted_root.json"),
            root.Optional("tuf") is { } tuf ? ReadTuf(tuf, name?.Text == BuiltInTrustRoots.PublicGood, errors) : null,
            root.Optional("sigstore") is { } sigstore ? ReadSigstore(sigstore, errors) : null);
    }

    private static TufConfig? ReadTuf(YamlNode node, bool hasBuiltIn, ErrorList errors)
    {
        const string Mirror = "the address of a TUF repository, such as \"https://tuf.example\"";
        const string Root = "the name of a file with its root.json, from where all trust starts";
        if (MappingReader.Open(node, "{mirror: URL, root: FILE}", TufKeys, LaterKeys.None, errors) is not { } tuf)
        {
            return null;
        }

        var mirror = tuf.Line(tuf.Required("mirror", $"'mirror: …', {Mirror}"), Mirror);
        if (mirror is not null && !IsWebAddress(mirror.Text))
        {
            errors.Add(mirror.Position, Quote.Of(mirror.Text), Mirror);
            mirror = null;
        }

        var isBuiltIn = hasBuiltIn && !tuf.Has("root");
        return new TufConfig(mirror, isBuiltIn ? null : tuf.Line(tuf.Required("root", $"'root: …', {Root}"), Root), isBuiltIn);
    }

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri is { Query: "", Fragment: "", UserInfo: "" };

    private static SigstoreConfig? ReadSigstore(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, SigstoreShape, SigstoreKeys, LaterKeys.None, errors) is not { } sigstore)
        {
            return null;
        }

        var config = new SigstoreConfig(
            node.Position,
            Members(sigstore, "certificateAuthorities", "certificates", "uri", false, errors),
            Members(sigstore, "certificateLogs", "key", "url", false, errors),
            Members(sigstore, "transparencyLogs", "key", "url", true, errors),
            Members(sigstore, "timestampAuthorities", "certificates", "uri", false, errors));
        if (node is YamlMapping { Entries.IsEmpty: true })
        {
            errors.Add(node, SigstoreShape + "; one of them at least");
        }

        return config;
    }

    private static ImmutableArray<MemberConfig> Members(
        MappingReader sigstore, string listKey, string fileKey, string urlKey, bool isTransparencyLog, ErrorList errors)
    {
        var shape = $"{{{fileKey}: FILE, {urlKey}: …, validFrom: …, validUntil: …}}";
        var items = sigstore.List(
            sigstore.Optional(listKey), $"a list of {shape}", VerificationLimits.MaxTrustRootMembers, nameof(VerificationLimits.MaxTrustRootMembers));
        var members = ImmutableArray.CreateBuilder<MemberConfig>();
        foreach (var item in items)
        {
            if (MappingReader.Open(item, shape, MemberKeys(fileKey, urlKey, isTransparencyLog), LaterKeys.None, errors) is not { } member)
            {
                continue;
            }

            if (isTransparencyLog)
            {
                _ = member.Required("validFrom", "'validFrom: …': without it a long retired key of the log would be good for everything");
            }

            var what = fileKey is "key" ? "the name of a file with the log's public key" : "the name of a file with certificates in PEM: the issuer first, the trust anchor last";
            members.Add(new MemberConfig(
                item.Position,
                ReadMaterial(member, fileKey, what + "; or {pem: …}", errors),
                member.Line(member.Required(urlKey, $"'{urlKey}: …', by which thresholds and messages tell it apart; it is never contacted"), "an address"),
                member.Line(member.Optional("operator"), "who runs the log"),
                PeriodReader.Read(member, errors)));
        }

        return members.DrainToImmutable();
    }

    private static MaterialConfig? ReadMaterial(MappingReader member, string key, string what, ErrorList errors)
    {
        var node = member.Required(key, $"'{key}: …', {what}");
        if (node is not YamlMapping)
        {
            return member.Line(node, what) is { } file ? new MaterialConfig(file, IsPem: false) : null;
        }

        return MappingReader.Open(node, what, MaterialKeys, LaterKeys.None, errors) is { } inPlace
            && inPlace.Text(inPlace.Required("pem", "'pem: …'"), "PEM, as a block of text ('pem: |')", VerificationLimits.MaxCertificateFileBytes) is { } pem
            ? new MaterialConfig(pem, IsPem: true)
            : null;
    }
}
