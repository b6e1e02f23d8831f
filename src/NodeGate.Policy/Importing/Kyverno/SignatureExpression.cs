using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>The one form of a CEL validation that is understood: each image of a kind of containers is signed by one of the attestors.</summary>
/// <param name="Containers"><c>containers</c>, <c>initContainers</c> or <c>ephemeralContainers</c>.</param>
/// <param name="Attestors">The names of the attestors.</param>
internal sealed partial record SignatureExpression(string Containers, ImmutableArray<string> Attestors)
{
    /// <summary>Null where <paramref name="expression"/> is of any other form.</summary>
    public static SignatureExpression? Read(string expression)
    {
        // The form has no texts in quotes, in which white space would count.
        var match = Form().Match(string.Concat(expression.Where(c => !char.IsWhiteSpace(c))));
        return match.Success && match.Groups["image"].Value == match.Groups["used"].Value && match.Groups["count"].Value == match.Groups["counted"].Value
            ? new SignatureExpression(match.Groups["kind"].Value, [.. match.Groups["attestors"].Value.Split(',').Select(a => a["attestors.".Length..])])
            : null;
    }

    [GeneratedRegex(
        @"\Aimages\.(?<kind>containers|initContainers|ephemeralContainers)\.map\((?<image>[a-z]\w*),verifyImageSignatures\((?<used>[a-z]\w*),\[(?<attestors>attestors\.[A-Za-z]\w*(?:,attestors\.[A-Za-z]\w*)*)\]\)\)\.all\((?<count>[a-z]\w*),(?<counted>[a-z]\w*)>0\)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Form();
}
