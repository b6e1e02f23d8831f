using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Policy;
using NodeGate.Policy.Conditions;
using NodeGate.Policy.Loading.Attestations;

namespace NodeGate.Fuzz.Targets.Policy;

/// <summary>
/// What conditions are made of, a line each: a JSON pointer, a version, a range, and a predicate. Oracles: a second reader finds the same at the
/// pointer; the expression that semver.org publishes accepts the same versions; the order of versions is one; a range is its comparisons; numbers
/// are equal where a decimal says so.
/// </summary>
internal sealed partial class ConditionTarget : IFuzzTarget
{
    private const int Longest = 200;

    public string Name => "condition";

    public IReadOnlyList<Type> Parsers => [typeof(JsonPointer), typeof(SemanticVersion), typeof(SemanticRange), typeof(ConditionDuration), typeof(WholeNumber)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "/a/b/0/c\n1.2.3-rc.1+b.5\n>=1.2.3-rc.0 <2\n{\"a\":{\"b\":[{\"c\":\"x\"}]}}",
        "/m~1n/~0/-\nv10.20.30\n=10 >9.1\n{\"m/n\":{\"~\":[1,2]}}",
        "/~01//01\n0.0.0-0.a.1\n<=0.0.1\n{\"~1\":{\"\":[1]},\"01\":2}",
        "/a\n1\n30d\n{}",
        "/0\n1.0.0-alpha.beta\n1.0.0-alpha\n[true,null]",
        "/0\n-10.50\n-10.5\n[]",
        "/0\n007\n7.0\n[]");

    public string Check(byte[] input)
    {
        var parts = Encoding.UTF8.GetString(input).Split('\n', 4);
        return parts.Length < 4 ? "parts missing" : $"{CheckPointer(parts[0], Encoding.UTF8.GetBytes(parts[3]))}, {CheckVersion(parts[1], parts[2])}";
    }

    private static string CheckPointer(string text, byte[] json)
    {
        var accepted = JsonPointer.TryParse(text, out var pointer);
        FuzzFailure.UnlessEqual(Pointer().IsMatch(text), accepted, "two definitions of a pointer agree");
        var expected = JsonReference.Read(json, 64);
        if (expected is null || pointer is null)
        {
            return $"pointer {accepted}";
        }

        foreach (var token in text.Split('/')[1..].Select(token => Regex.Replace(token, "~[01]", match => match.Value == "~1" ? "/" : "~")))
        {
            expected = expected switch
            {
                Dictionary<string, object> members => members.GetValueOrDefault(token),
                List<object> items when Index().IsMatch(token) && int.Parse(token, CultureInfo.InvariantCulture) is var index && index < items.Count => items[index],
                _ => null,
            };
        }

        using var document = JsonDocument.Parse(json);
        var found = pointer.Find(document.RootElement);
        var kind = expected switch
        {
            null => "",
            Dictionary<string, object> => "Object",
            List<object> => "Array",
            string => "String",
            JsonNumber => "Number",
            DBNull => "Null",
            _ => expected.ToString(),
        };
        FuzzFailure.UnlessEqual(kind, found?.ValueKind.ToString() ?? "", "two readers find the same at a pointer");
        FuzzFailure.Unless(expected is not string value || found!.Value.GetString() == value, "two readers find the same text at a pointer");
        return $"found {kind}";
    }

    private static string CheckVersion(string text, string rangeText)
    {
        if (text.Length > Longest || rangeText.Length > Longest)
        {
            return "long";
        }

        CheckNumbers(text, rangeText);
        var accepted = SemanticVersion.TryParse(text, out var version);
        FuzzFailure.UnlessEqual(Published().IsMatch(text.StartsWith('v') ? text[1..] : text), accepted, "two definitions of a version agree");
        var isDuration = ConditionDuration.TryParse(rangeText, out var duration);
        FuzzFailure.Unless(!isDuration || (Duration().IsMatch(rangeText) && duration > TimeSpan.Zero), "a duration is digits and a unit");
        var isRange = SemanticRange.TryParse(rangeText, out var range);
        if (version is null)
        {
            return $"no version, range {isRange}, duration {isDuration}";
        }

        FuzzFailure.UnlessEqual(0, version.CompareWith(version), "a version is equal to itself");
        var plain = text.TrimStart('v').Split('+')[0];
        FuzzFailure.Unless(
            SemanticRange.TryParse("=" + plain, out var same) && same.Contains(version) && SemanticRange.TryParse(">" + plain, out var above) && !above.Contains(version),
            "a version is in the range of itself and not above itself");
        if (SemanticVersion.TryParse(rangeText.TrimStart('>', '<', '='), out var other))
        {
            FuzzFailure.UnlessEqual(Math.Sign(version.CompareWith(other)), -Math.Sign(other.CompareWith(version)), "the order of versions is one");
        }

        return $"version, prerelease {!version.Prerelease.IsEmpty}, {(range is null ? "no range" : range.Contains(version))}";
    }

    private static void CheckNumbers(string a, string b)
    {
        var isWhole = WholeNumber.TryParse(a, out var whole);
        var expected = a.Length > 0 && a.All(char.IsAsciiDigit) ? BigInteger.Parse(a, CultureInfo.InvariantCulture) : -1;
        FuzzFailure.UnlessEqual(expected >= 0 && expected <= long.MaxValue, isWhole, "a whole number is digits");
        FuzzFailure.Unless(!isWhole || whole == expected, "a whole number is what its digits say");
        if (ShortNumber().IsMatch(a) && ShortNumber().IsMatch(b))
        {
            var areEqual = decimal.Parse(a, CultureInfo.InvariantCulture) == decimal.Parse(b, CultureInfo.InvariantCulture);
            FuzzFailure.UnlessEqual(areEqual, ExactNumber.Of(a) == ExactNumber.Of(b), "numbers are equal where decimals are, which hold these exactly");
        }
    }

    [GeneratedRegex(@"\A-?[0-9]{1,12}(?:\.[0-9]{1,12})?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ShortNumber();

    [GeneratedRegex(@"\A[0-9]+[dhms]\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Duration();

    [GeneratedRegex(@"\A(?:/(?:[^~/]|~[01])*)+\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pointer();

    [GeneratedRegex(@"\A(?:0|[1-9][0-9]{0,8})\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Index();

    [GeneratedRegex(
        @"\A(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-((?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?\z",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Published();
}
