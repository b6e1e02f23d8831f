using System.Text;

namespace NodeGate.Fuzz.Targets;

/// <summary>Seeds that are text.</summary>
internal static class Text
{
    public static IEnumerable<byte[]> Each(params IEnumerable<string> seeds) => seeds.Select(Encoding.UTF8.GetBytes);

    /// <summary>The bytes as text of one char each: no byte is lost.</summary>
    public static string Latin(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
