using System.Collections.Immutable;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Loading;

/// <summary>Reads an entry of <c>exceptions</c>.</summary>
internal static class ExceptionReader
{
    private const string Shape = "an exception: {name: …, images: [\"…@sha256:…\"], expires: …, owner: …}";

    /// <summary>The keys of an exception.</summary>
    public static ImmutableArray<string> Keys { get; } = ["name", "images", "namespaces", "expires", "owner", "ticket"];

    public static ExceptionConfig? Read(YamlNode node, ErrorList errors)
    {
        const string Owner = "who answers for it, on one line";
        if (MappingReader.Open(node, Shape, Keys, LaterKeys.None, errors) is not { } exception)
        {
            return null;
        }

        return new ExceptionConfig(
            exception.Name(exception.Required("name", "'name: …', by which decisions name it"), "a name"),
            node.Position,
            ScopeReader.ReadImages(exception),
            ScopeReader.ReadNamespaces(exception, errors),
            exception.Time(exception.Required("expires", "'expires: 2026-12-31T00:00:00Z': an exception without an end is a rule")),
            exception.Line(exception.Required("owner", "'owner: …', " + Owner), Owner)?.Text,
            exception.Line(exception.Optional("ticket"), "where it was agreed on, such as SEC-1")?.Text);
    }
}
