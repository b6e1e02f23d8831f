using System.Text;

namespace NodeGate.Fuzz.Mutations;

/// <summary>Changes one line of a text: notes, PEM, YAML, TOML, journals.</summary>
internal static class LineMutation
{
    private static readonly string[] Tokens =
    [
        "null", "true", "0", "-1", "9223372036854775808", "\"\"", "''", "[]", "{}", "[a, b]", "{a: b}", "- ", "? ", "&a ", "*a", "!!str ", "---", "...", "<<: *a",
        "#", "\t", "  ", "\\", "|", ">", "\u2014 a AAAA", "-----BEGIN A-----", "\u0000", "\u0085", "\ufeff", "=", ":", ",", ".", "**", "../", "%", "\"\"\"", "'''",
    ];

    public static byte[] Apply(byte[] input, Random random, int depth)
    {
        var text = Encoding.Latin1.GetString(input);
        var lines = text.Split('\n').ToList();
        var at = random.Next(lines.Count);
        var line = lines[at];
        switch (random.Next(10))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(random.Next(lines.Count + 1), line);
                break;
            case 2:
                var other = random.Next(lines.Count);
                (lines[at], lines[other]) = (lines[other], lines[at]);
                break;
            case 3:
                lines[at] = random.Next(2) == 0 ? "  " + line : line.TrimStart(' ');
                break;
            case 4:
                lines[at] = line + (random.Next(2) == 0 ? "\r" : " ");
                break;
            case 5:
                lines[at] = line.Insert(random.Next(line.Length + 1), Latin(Tokens[random.Next(Tokens.Length)]));
                break;
            case 6:
                lines[at] = ReplaceWord(line, random);
                break;
            case 7 when at + 1 < lines.Count:
                lines[at] = line + lines[at + 1];
                lines.RemoveAt(at + 1);
                break;
            case 8 when Words(line) is { Length: > 0 } words && Mutator.InsideBase64(words[^1], random, depth) is { } changed:
                lines[at] = line[..^words[^1].Length] + changed;
                break;
            default:
                lines[at] = Encoding.Latin1.GetString(Mutator.Once(Encoding.Latin1.GetBytes(line), random, depth + 1));
                break;
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private static string ReplaceWord(string line, Random random)
    {
        var words = Words(line);
        return words.Length == 0
            ? Latin(Tokens[random.Next(Tokens.Length)])
            : line.Replace(words[random.Next(words.Length)], Latin(Tokens[random.Next(Tokens.Length)]), StringComparison.Ordinal);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // One char for each byte, as the text was taken apart.
    private static string Latin(string token) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(token));
}
