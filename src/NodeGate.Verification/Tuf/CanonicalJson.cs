using System.Buffers;
using System.Text;
using System.Text.Json;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>
/// The OLPC canonical form of JSON, over which TUF metadata is signed: names sorted by their UTF-8 bytes, no white space, only the quote
/// and the backslash escaped, whole numbers only. The element comes from <see cref="StrictJson"/>: no duplicate names.
/// </summary>
internal static class CanonicalJson
{
    public static byte[] Encode(JsonElement element)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(element, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement element, ArrayBufferWriter<byte> output)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(element, output);
                break;
            case JsonValueKind.Array:
                WriteList("["u8, element.EnumerateArray(), item => Write(item, output), "]"u8, output);
                break;
            case JsonValueKind.String:
                WriteText(element.GetString()!, output);
                break;
            case JsonValueKind.Number:
                WriteNumber(element.GetRawText(), output);
                break;
            default:
                output.Write(Encoding.UTF8.GetBytes(element.GetRawText()));
                break;
        }
    }

    private static void WriteObject(JsonElement element, ArrayBufferWriter<byte> output)
    {
        // By bytes: the order of UTF-16 units is another one beyond the basic plane.
        var members = element.EnumerateObject()
            .OrderBy(member => Encoding.UTF8.GetBytes(member.Name), Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        WriteList(
            "{"u8,
            members,
            member =>
            {
                WriteText(member.Name, output);
                output.Write(":"u8);
                Write(member.Value, output);
            },
            "}"u8,
            output);
    }

    private static void WriteList<T>(
        ReadOnlySpan<byte> open, IEnumerable<T> items, Action<T> write, ReadOnlySpan<byte> close, ArrayBufferWriter<byte> output)
    {
        output.Write(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                output.Write(","u8);
            }

            first = false;
            write(item);
        }

        output.Write(close);
    }

    private static void WriteText(string text, ArrayBufferWriter<byte> output)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        output.Write(Encoding.UTF8.GetBytes($"\"{escaped}\""));
    }

    private static void WriteNumber(string number, ArrayBufferWriter<byte> output)
    {
        // A fraction, an exponent and "-0" have several spellings, so that one signature would cover several texts.
        // check: tuf-whole-numbers
        if (number == "-0" || number.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
        {
            throw new EvidenceFormatException($"the number {Shown.Text(number)} is not a whole one, and has no canonical form");
        }

        output.Write(Encoding.UTF8.GetBytes(number));
    }
}
