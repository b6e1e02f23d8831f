using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace NodeGate.Policy.Conditions;

/// <summary>
/// A decimal number of any size, without rounding: <c>1e3</c> is <c>1000.0</c>, and <c>1e-30</c> is not 0. Equal numbers are equal records.
/// </summary>
/// <param name="IsNegative">Whether it is below 0.</param>
/// <param name="Digits">Its digits, with no 0 at either end; none for 0.</param>
/// <param name="Exponent">The power of ten of the last digit.</param>
internal sealed partial record ExactNumber(bool IsNegative, string Digits, BigInteger Exponent)
{
    /// <summary>The number in the words of YAML's core schema, those of JSON among them; null for anything else.</summary>
    public static ExactNumber? Of(string text)
    {
        // A longer one is no number that a policy could name, and reading its exponent could take long.
        var match = text.Length <= PolicyLimits.MaxTextLength ? Shape().Match(text) : Match.Empty;
        if (!match.Success)
        {
            return null;
        }

        var fraction = match.Groups["fraction"].Value;
        var written = (match.Groups["whole"].Value + fraction).TrimStart('0');
        var digits = written.TrimEnd('0');
        if (digits.Length == 0)
        {
            return new ExactNumber(false, "", BigInteger.Zero);
        }

        var power = match.Groups["exponent"] is { Success: true } exponent
            ? BigInteger.Parse(exponent.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : BigInteger.Zero;
        return new ExactNumber(text[0] == '-', digits, power - fraction.Length + (written.Length - digits.Length));
    }

    [GeneratedRegex(
        @"\A[-+]?((?<whole>[0-9]+)(\.(?<fraction>[0-9]*))?|\.(?<fraction>[0-9]+))([eE](?<exponent>[-+]?[0-9]+))?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
