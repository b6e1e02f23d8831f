using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Fuzz.Targets.Webhook;

/// <summary>Paths into objects. Oracles: a regular expression accepts the same texts; a path written out in full is the same path.</summary>
internal sealed partial class ObjectPathTarget : IFuzzTarget
{
    public string Name => "object-path";

    public IReadOnlyList<Type> Parsers => [typeof(ObjectPath)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "$.spec.template.spec", "spec.image", ".spec.steps[*].image", "$['my.key'][\"other]\"][12]", "[*]", "$", "$.a..b", "$[?(@.a)]", "$['']", "$['a", "a-b_c[0][999999]", "$[1000000]");

    public string Check(byte[] input)
    {
        var text = Text.Latin(input);
        var isPath = ObjectPath.TryParse(text, out var path, out var error);
        var grammar = Grammar().Match(text);
        var expected = grammar.Success && text.Length <= ObjectPath.MaxLength && grammar.Groups["step"].Captures.Count <= ObjectPath.MaxSteps;
        FuzzFailure.UnlessEqual(expected, isPath, "the grammar accepts the same paths");
        if (path is null)
        {
            return Outcome.Refused(error);
        }

        FuzzFailure.UnlessEqual(grammar.Groups["step"].Captures.Count, path.Steps.Length, "both find as many steps");
        var written = "$" + string.Concat(path.Steps.Select(Write));
        FuzzFailure.Unless(
            written.Length > ObjectPath.MaxLength || (ObjectPath.TryParse(written, out var again, out _) && again.Equals(path) && again.GetHashCode() == path.GetHashCode()),
            "a path written out is the same path");
        return $"{Outcome.Magnitude(path.Steps.Length)} steps, {string.Join("", path.Steps.Take(4).Select(s => s.Name is not null ? 'm' : s.Index is not null ? 'i' : '*'))}";
    }

    private static string Write(ObjectPathStep step) => step switch
    {
        { Name: { } name } => name.Contains('\'', StringComparison.Ordinal) ? $"[\"{name}\"]" : $"['{name}']",
        { Index: { } index } => $"[{index}]",
        _ => "[*]",
    };

    [GeneratedRegex("""\A(?:\$|(?=[.\[])|)(?<step>(?:(?<=\A)|\.)[A-Za-z0-9_-]+|\['[^']+'\]|\["[^"]+"\]|\[\*\]|\[[0-9]{1,6}\])+\z""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Grammar();
}
