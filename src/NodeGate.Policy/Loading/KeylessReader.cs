using System.Collections.Immutable;
using NodeGate.Policy.Loading.Trust;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>Reads the <c>keyless</c> of an authority: identities.</summary>
internal static class KeylessReader
{
    private const string Shape = "{trustRoot: …, identities: [{issuer: …, subject: …}]}";
    private const string IdentityShape = "an identity: {issuer: … or issuerRegex: …, subject: … or subjectRegex: …}; the issuer and the subject are both required";

    /// <summary>The keys of a <c>keyless</c>.</summary>
    public static ImmutableArray<string> Keys { get; } = ["identities", "certificate", "formats", "annotations", .. TrustReader.KeylessKeys];

    /// <summary>The keys of an identity.</summary>
    public static ImmutableArray<string> IdentityKeys { get; } = ["issuer", "issuerRegex", "subject", "subjectRegex"];

    public static KeylessConfig? Read(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, Shape, Keys, LaterKeys.None, errors) is not { } keyless)
        {
            return null;
        }

        var identities = keyless.List(
            keyless.Required("identities", "'identities: […]', any of which may sign; " + IdentityShape),
            "a list of identities",
            PolicyLimits.MaxIdentitiesPerAuthority,
            nameof(PolicyLimits.MaxIdentitiesPerAuthority));
        return new KeylessConfig(
            TrustReader.ReadKeyless(keyless, errors),
            [.. identities.Select(i => ReadIdentity(i, errors)).OfType<IdentityRequirement>()],
            ReadCertificate(keyless, errors),
            EvidenceFormReader.Read(keyless, errors));
    }

    private static IdentityRequirement? ReadIdentity(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, IdentityShape, IdentityKeys, LaterKeys.None, errors) is not { } identity)
        {
            return null;
        }

        var issuer = ReadPattern(identity, "issuer", errors);
        var subject = ReadPattern(identity, "subject", errors);
        return issuer is null || subject is null ? null : new IdentityRequirement(issuer, subject);
    }

    private static TextPattern? ReadPattern(MappingReader identity, string key, ErrorList errors)
    {
        var regexKey = key + "Regex";
        if (identity.Has(key) == identity.Has(regexKey))
        {
            errors.Add(identity.Position, identity.Has(key) ? $"both '{key}' and '{regexKey}'" : $"neither '{key}' nor '{regexKey}'", IdentityShape);
            return null;
        }

        return identity.Has(key)
            ? identity.Line(identity.Optional(key), $"the whole {key}, as a text") is { } exact ? TextPattern.Exactly(exact.Text) : null
            : identity.Regex(identity.Optional(regexKey), $"a regular expression for the whole {key}");
    }

    private static ImmutableDictionary<string, string> ReadCertificate(MappingReader keyless, ErrorList errors)
    {
        var known = CertificateExtensionNames.All;
        var values = keyless.Texts(
            keyless.Optional("certificate"),
            "a mapping of values that the certificate must have, such as {sourceRepositoryUri: …}; or no 'certificate'",
            "the value that the certificate must have, as a text",
            known.Count,
            "each name once");
        foreach (var (name, _) in values.Where(v => !known.ContainsKey(v.Name.Text)))
        {
            var nearest = Nearest.To(name.Text, known.Keys);
            errors.Add(
                name.Position,
                $"the unknown certificate extension {Quote.Of(name.Text)}",
                nearest is null ? "one of " + string.Join(", ", known.Keys) : $"'{nearest}'? Known names are {string.Join(", ", known.Keys)}");
        }

        return values.ToImmutableDictionary(v => v.Name.Text, v => v.Value, StringComparer.Ordinal);
    }
}
