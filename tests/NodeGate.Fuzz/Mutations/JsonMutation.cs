using System.Text;
using System.Text.Json;

namespace NodeGate.Fuzz.Mutations;

/// <summary>Changes a JSON document at one node, in its text: so that a name can stand twice, which no JSON tree can hold.</summary>
internal static class JsonMutation
{
    private const int DeepestRead = 64;

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "1e0", "1.0", "9223372036854775807", "9223372036854775808", "1E400", "\"\"", "[]", "{}", "[null]",
        "\"\\ud800\"", "\"\\u0000\"", "\"\u2028\"", "\"0\"", "\"AA==\"", "\"AB==\"", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "\"2025-06-01T12:00:00Z\"", "\"9999-12-31T23:59:59.9999999+14:00\"", "\"0001-01-01T00:00:00Z\"", "\"-1\"", "\"18446744073709551615\"",
    ];

    /// <summary>The document with one node changed, or null where it is not JSON.</summary>
    public static byte[]? TryApply(byte[] input, Random random, int depth)
    {
        if (Read(input) is not { Count: > 0 } nodes)
        {
            return null;
        }

        var node = nodes[random.Next(nodes.Count)];
        var other = nodes[random.Next(nodes.Count)];
        return random.Next(12) switch
        {
            0 => Replace(input, node, Mutator.Utf8(Values[random.Next(Values.Length)])),
            1 => Delete(input, node),
            2 => Duplicate(input, node),
            3 => Swap(input, node, other),
            4 => Replace(input, node, input.AsSpan(other.Start, other.End - other.Start)),
            5 when node.NameStart >= 0 => RewriteName(input, node, random),
            6 when input[node.Start] == (byte)'{' => Insert(input, node, random),
            7 => ByteMutation.Insert(input, node.Start, random.Next(2) == 0 ? " "u8 : "\t\n"u8),
            8 when input[node.Start] == (byte)'"' && node.End - node.Start > 2 => Escape(input, node, random),
            _ => ChangeText(input, node, random, depth),
        };
    }

    private static List<Node>? Read(byte[] input)
    {
        var nodes = new List<Node>();
        var open = new Stack<(int Start, int Name)>();
        var name = -1;
        try
        {
            var reader = new Utf8JsonReader(input, new JsonReaderOptions { MaxDepth = DeepestRead });
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = start;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((start, name));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        var (begin, ownName) = open.Pop();
                        nodes.Add(new Node(ownName, begin, (int)reader.BytesConsumed));
                        break;
                    default:
                        nodes.Add(new Node(name, start, (int)reader.BytesConsumed));
                        break;
                }

                name = -1;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return nodes;
    }

    private static byte[] Replace(ReadOnlySpan<byte> input, Node node, ReadOnlySpan<byte> value) => [.. input[..node.Start], .. value, .. input[node.End..]];

    /// <summary>Without the node, its name and one comma beside it.</summary>
    private static byte[] Delete(ReadOnlySpan<byte> input, Node node)
    {
        var start = node.NameStart >= 0 ? node.NameStart : node.Start;
        var end = node.End;
        if (end < input.Length && input[end] == (byte)',')
        {
            end++;
        }
        else if (start > 0 && input[start - 1] == (byte)',')
        {
            start--;
        }

        return [.. input[..start], .. input[end..]];
    }

    private static byte[] Duplicate(ReadOnlySpan<byte> input, Node node)
    {
        var start = node.NameStart >= 0 ? node.NameStart : node.Start;
        return [.. input[..node.End], (byte)',', .. input[start..node.End], .. input[node.End..]];
    }

    private static byte[] Swap(ReadOnlySpan<byte> input, Node a, Node b)
    {
        var (first, second) = a.Start <= b.Start ? (a, b) : (b, a);
        return first.End > second.Start
            ? Replace(input, first, input[second.Start..second.End])
            : [.. input[..first.Start], .. input[second.Start..second.End], .. input[first.End..second.Start], .. input[first.Start..first.End], .. input[second.End..]];
    }

    private static byte[] RewriteName(byte[] input, Node node, Random random)
    {
        var end = Array.IndexOf(input, (byte)'"', node.NameStart + 1);
        var name = Encoding.UTF8.GetString(input, node.NameStart + 1, end - node.NameStart - 1);
        var changed = random.Next(3) switch
        {
            0 => name.Length > 0 && char.IsUpper(name[0]) ? name.ToLowerInvariant() : name.ToUpperInvariant(),
            1 => name + "x",
            _ => name.Length > 0 ? $"\\u{(int)name[0]:x4}{name[1..]}" : "\\u0000",
        };
        return [.. input.AsSpan(0, node.NameStart + 1), .. Mutator.Utf8(changed), .. input.AsSpan(end)];
    }

    private static byte[] Insert(byte[] input, Node node, Random random)
    {
        var comma = input[node.Start + 1] == (byte)'}' ? "" : ",";
        return ByteMutation.Insert(input, node.Start + 1, Mutator.Utf8($"\"unknown\":{Values[random.Next(Values.Length)]}{comma}"));
    }

    /// <summary>The same text in another spelling.</summary>
    private static byte[] Escape(byte[] input, Node node, Random random)
    {
        var at = random.Next(node.Start + 1, node.End - 1);
        return input[at] is >= (byte)'0' and <= (byte)'z' and not (byte)'\\' && input[at - 1] != (byte)'\\'
            ? [.. input.AsSpan(0, at), .. Mutator.Utf8($"\\u{input[at]:x4}"), .. input.AsSpan(at + 1)]
            : ByteMutation.Delete(input, at, 1);
    }

    private static byte[] ChangeText(byte[] input, Node node, Random random, int depth)
    {
        if (input[node.Start] != (byte)'"')
        {
            return Replace(input, node, ByteMutation.Apply(input[node.Start..node.End], random));
        }

        string text;
        try
        {
            var reader = new Utf8JsonReader(input.AsSpan(node.Start, node.End - node.Start));
            reader.Read();
            text = reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: as bytes.
            return Replace(input, node, ByteMutation.Apply(input[node.Start..node.End], random));
        }

        var changed = Mutator.InsideBase64(text, random, depth) ?? Encoding.UTF8.GetString(Mutator.Once(Encoding.UTF8.GetBytes(text), random, depth + 1));
        return Replace(input, node, Mutator.Quote(changed));
    }

    /// <param name="NameStart">Where its name begins; -1 in an array.</param>
    /// <param name="Start">Where it begins.</param>
    /// <param name="End">Where it ends.</param>
    private readonly record struct Node(int NameStart, int Start, int End);
}
