using System.Text;
using System.Text.Json;

namespace NodeGate.Fuzz.Mutations;

/// <summary>Changes an input once or a few times, by its structure where it has one and as bytes otherwise. All chance is in the <see cref="Random"/>.</summary>
internal static class Mutator
{
    private const int DeepestNesting = 4;

    public static byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        // Most often one change: a second one hides behind the refusal of the first.
        var changes = random.Next(4) == 0 ? random.Next(2, 6) : 1;
        for (var i = 0; i < changes; i++)
        {
            input = random.Next(8) == 0 && others.Count > 1
                ? ByteMutation.Splice(input, others[random.Next(others.Count)], random)
                : Once(input, random, depth: 0);
        }

        return input;
    }

    /// <summary>One change of something inside something else: base64 in JSON, DER in an octet string.</summary>
    public static byte[] Once(byte[] input, Random random, int depth)
    {
        if (depth < DeepestNesting && random.Next(5) > 0)
        {
            if (LooksLikeJson(input) && JsonMutation.TryApply(input, random, depth) is { } json)
            {
                return json;
            }

            if (input is [0x30, _, ..] && DerMutation.TryApply(input, random) is { } der)
            {
                return der;
            }

            if (IsText(input))
            {
                return LineMutation.Apply(input, random, depth);
            }
        }

        return ByteMutation.Apply(input, random);
    }

    private static bool LooksLikeJson(ReadOnlySpan<byte> input)
    {
        var start = input.TrimStart(" \t\r\n"u8);
        return !start.IsEmpty && start[0] is (byte)'{' or (byte)'[';
    }

    private static bool IsText(ReadOnlySpan<byte> input) => input.IndexOf((byte)'\n') >= 0 && input.IndexOfAnyInRange((byte)0, (byte)8) < 0;

    /// <summary>Applies a change to what a base64 text holds; null where the text is none.</summary>
    public static string? InsideBase64(string text, Random random, int depth)
    {
        var buffer = new byte[(text.Length * 3 / 4) + 3];
        return text.Length >= 8 && Convert.TryFromBase64String(text, buffer, out var length)
            ? Convert.ToBase64String(Once(buffer[..length], random, depth + 1))
            : null;
    }

    public static byte[] Quote(string text) => JsonSerializer.SerializeToUtf8Bytes(text, Texts.Default.String);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
