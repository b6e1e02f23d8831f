using System.Buffers;
using System.Text;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// Replaces one string inside one embedded message and leaves every other byte as it is: order, unknown fields, groups and numbers that are
/// longer than needed.
/// </summary>
internal static class ProtoFieldRewriter
{
    /// <summary>
    /// Replaces <em>each</em> occurrence of string <paramref name="inner"/> in each occurrence of message <paramref name="outer"/>.
    /// Protobuf lets both occur repeatedly and merges them; with all of them equal, no order of merging can make the receiver read
    /// another value than the one that was judged. An occurrence that already has the value keeps its bytes.
    /// </summary>
    /// <exception cref="FormatException">The message is malformed, or the string does not occur in it.</exception>
    public static byte[] ReplaceString(ReadOnlySpan<byte> message, int outer, int inner, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var output = new ArrayBufferWriter<byte>(message.Length + bytes.Length + 16);
        var found = false;
        var fields = new ProtoFieldReader(message);
        while (fields.Read())
        {
            if (fields.Number == outer && fields.WireType == ProtoWireType.LengthDelimited
                && ReplaceInner(fields.Payload, inner, bytes, ref found) is { } replaced)
            {
                Write(output, fields.RawTag, replaced);
            }
            else
            {
                output.Write(fields.Raw);
            }
        }

        return found
            ? output.WrittenSpan.ToArray()
            : throw new FormatException($"The message has no field {outer}.{inner} to replace.");
    }

    private static byte[]? ReplaceInner(ReadOnlySpan<byte> message, int number, ReadOnlySpan<byte> value, ref bool found)
    {
        var output = new ArrayBufferWriter<byte>(message.Length + value.Length + 16);
        var changed = false;
        var fields = new ProtoFieldReader(message);
        while (fields.Read())
        {
            if (fields.Number != number || fields.WireType != ProtoWireType.LengthDelimited)
            {
                output.Write(fields.Raw);
                continue;
            }

            found = true;
            if (fields.Payload.SequenceEqual(value))
            {
                output.Write(fields.Raw);
                continue;
            }

            changed = true;
            Write(output, fields.RawTag, value);
        }

        return changed ? output.WrittenMemory.ToArray() : null;
    }

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> value)
    {
        output.Write(tag);
        var length = (uint)value.Length;
        while (length >= 0x80)
        {
            output.Write([(byte)(length | 0x80)]);
            length >>= 7;
        }

        output.Write([(byte)length]);
        output.Write(value);
    }
}
