using System.Collections.Immutable;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading;

/// <summary>Reads an entry of <c>authorities</c>.</summary>
internal static class AuthorityReader
{
    private const string Shape = "an authority: {name: …, cosign: {keys: [{file: …}]}} or {name: …, keyless: {trustRoot: …, identities: […]}}";
    private const string Kinds = "exactly one of 'cosign: {keys: […]}' and 'keyless: {trustRoot: …, identities: […]}'";

    /// <summary>The keys of an authority.</summary>
    public static ImmutableArray<string> Keys { get; } = ["name", "cosign", "keyless"];

    public static AuthorityConfig? Read(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, Shape, Keys, LaterKeys.Authority, errors) is not { } authority)
        {
            return null;
        }

        var name = authority.Name(authority.Required("name", "'name: …', by which rules name it"), "a name");
        var (cosign, keyless) = (authority.Optional("cosign"), authority.Optional("keyless"));
        if (cosign is not null && keyless is not null)
        {
            errors.Add(node.Position, "both 'cosign' and 'keyless'", Kinds + "; a rule can name two authorities: {anyOf: […]}");
        }

        if (cosign is null && keyless is null && !LaterKeys.Authority.Keys.Any(authority.Has))
        {
            errors.Add(node.Position, "neither 'cosign' nor 'keyless'", Kinds);
        }

        return new AuthorityConfig(
            name,
            node.Position,
            cosign is null ? null : CosignReader.Read(cosign, errors),
            keyless is null ? null : KeylessReader.Read(keyless, errors));
    }
}
