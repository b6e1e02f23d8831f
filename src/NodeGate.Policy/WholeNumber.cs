using System.Globalization;

namespace NodeGate.Policy;

/// <summary>A whole number as digits and nothing else: .NET's own parsing lets NUL characters follow them.</summary>
public static class WholeNumber
{
    /// <summary>Reads at least one ASCII digit; false for anything else, and for what a <see cref="long"/> cannot hold.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        return !text.ContainsAnyExceptInRange('0', '9') && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
