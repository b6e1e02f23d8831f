using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace NodeGate.Policy.Conditions;

/// <summary>A version of Semantic Versioning 2.0.0; build metadata is not compared (section 10). A leading <c>v</c>, as in Go's tags, is allowed.</summary>
internal sealed partial record SemanticVersion(BigInteger Major, BigInteger Minor, BigInteger Patch, ImmutableArray<string> Prerelease)
{
    /// <summary>Parses a whole version.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SemanticVersion? version)
    {
        var match = text.Length <= PolicyLimits.MaxTextLength ? Shape().Match(text) : Match.Empty;
        version = match.Success && match.Groups["patch"].Success ? Of(match) : null;
        return version is not null;
    }

    /// <summary>Parses a version that may leave out its last numbers, which are then 0: <c>2</c> is <c>2.0.0</c>.</summary>
    public static bool TryParsePartial(string text, [NotNullWhen(true)] out SemanticVersion? version)
    {
        var match = Shape().Match(text);
        var isWhole = match.Groups["patch"].Success;
        version = match.Success && (isWhole || !match.Groups["prerelease"].Success) ? Of(match) : null;
        return version is not null;
    }

    /// <summary>Section 11: numbers first; a pre-release comes before its release.</summary>
    public int CompareWith(SemanticVersion other)
    {
        var numbers = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (numbers != 0 || (Prerelease.IsEmpty && other.Prerelease.IsEmpty))
        {
            return numbers;
        }

        if (Prerelease.IsEmpty || other.Prerelease.IsEmpty)
        {
            return Prerelease.IsEmpty ? 1 : -1;
        }

        var first = Prerelease.Zip(other.Prerelease, CompareIdentifiers).FirstOrDefault(c => c != 0);
        return first != 0 ? first : Prerelease.Length.CompareTo(other.Prerelease.Length);
    }

    public bool IsSameRelease(SemanticVersion other) => Major == other.Major && Minor == other.Minor && Patch == other.Patch;

    private static int CompareIdentifiers(string a, string b) => (a.All(char.IsAsciiDigit), b.All(char.IsAsciiDigit)) switch
    {
        (true, true) => Number(a).CompareTo(Number(b)),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(a, b),
    };

    private static SemanticVersion Of(Match match) => new(
        Number(match.Groups["major"].Value),
        Number(match.Groups["minor"].Value),
        Number(match.Groups["patch"].Value),
        match.Groups["prerelease"].Success ? [.. match.Groups["prerelease"].Value.Split('.')] : []);

    private static BigInteger Number(string digits) =>
        digits.Length == 0 ? BigInteger.Zero : BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"\Av?(?<major>0|[1-9][0-9]*)(\.(?<minor>0|[1-9][0-9]*)(\.(?<patch>0|[1-9][0-9]*))?)?"
        + @"(-(?<prerelease>(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
