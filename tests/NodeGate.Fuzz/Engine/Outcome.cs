using System.Text.RegularExpressions;

namespace NodeGate.Fuzz.Engine;

/// <summary>Makes outcomes: messages without what a stranger chose in them, so that there are as many as the parser has ways to end.</summary>
internal static partial class Outcome
{
    private const int Longest = 160;

    /// <summary>A refusal.</summary>
    public static string Refused(string? message) => "refused: " + Shape(message ?? "");

    /// <summary>A message without quoted texts, hexadecimal and numbers.</summary>
    public static string Shape(string message)
    {
        var shape = Numbers().Replace(Quoted().Replace(message, "'…'"), "#");
        return shape.Length > Longest ? shape[..Longest] : shape;
    }

    /// <summary>A count by its order of magnitude: 0, 1, 2, 4, 8…</summary>
    public static string Magnitude(int count) =>
        count < 2 ? count.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"{1 << System.Numerics.BitOperations.Log2((uint)count)}+";

    [GeneratedRegex("'.*'|\"[^\"]*\"|<[^>]*>", RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("[0-9a-f]{8,}|[0-9]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Numbers();
}
