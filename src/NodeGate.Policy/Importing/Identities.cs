using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing;

/// <summary>Identities as cosign's options have them: exact values, or Go's expressions that match anywhere; what is not said may be anything.</summary>
internal static class Identities
{
    private static readonly NativeText Anything = new("(?s:.*)", IsRegex: true);

    private static readonly ForeignKeys Keys = new()
    {
        What = "an identity: {issuer: … or issuerRegExp: …, subject: … or subjectRegExp: …}",
        Read = ["issuer", "issuerRegExp", "subject", "subjectRegExp"],
    };

    public static NativeIdentity? Read(YamlNode node, ImportContext context)
    {
        if (Keys.Open(node, context) is not { } identity)
        {
            return null;
        }

        if (!identity.Has("issuer") && !identity.Has("issuerRegExp") && !identity.Has("subject") && !identity.Has("subjectRegExp"))
        {
            context.Errors.Add(node, Keys.What);
        }

        return Text(identity, "issuer", context) is { } issuer && Text(identity, "subject", context) is { } subject ? new NativeIdentity(issuer, subject) : null;
    }

    private static NativeText? Text(MappingReader identity, string key, ImportContext context)
    {
        var (exact, expression) = (identity.Optional(key), identity.Optional(key + "RegExp"));
        if (exact is not null && expression is not null)
        {
            context.Errors.Add(identity.Position, $"both '{key}' and '{key}RegExp'", "one of them");
            return null;
        }

        if (exact is not null)
        {
            return identity.Line(exact, "a text") is { } text ? new NativeText(text.Text, IsRegex: false) : null;
        }

        if (expression is null)
        {
            context.Note(identity.Position, $"any {key} is accepted, as in the source: the identity names none");
            return Anything;
        }

        return GoRegex.Read(identity.Line(expression, "an expression"), context);
    }
}
