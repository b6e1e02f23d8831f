using NodeGate.CriProxy.Tests.Wire;
using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;
using NodeGate.Fuzz.Engine;

namespace NodeGate.Fuzz.Targets.CriProxy;

/// <summary>
/// Header blocks, and the same bytes as a Huffman-coded string. Oracles: what is decoded our encoder writes so that it is decoded again as the
/// same; two blocks in a row are decoded with one table; a Huffman text is what the reference encoder writes.
/// </summary>
internal sealed class HpackTarget : IFuzzTarget
{
    private const int TableBytes = 4096;
    private const int ListBytes = 64 * 1024;

    public string Name => "hpack";

    public IReadOnlyList<Type> Parsers => [typeof(HpackDecoder), typeof(HpackInteger), typeof(HpackHuffman), typeof(HeaderField)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            HeaderField[] fields =
            [
                HeaderField.Create(":method", "POST"), HeaderField.Create(":scheme", "http"), HeaderField.Create(":path", "/runtime.v1.ImageService/PullImage"),
                HeaderField.Create(":authority", "localhost"), HeaderField.Create("content-type", "application/grpc"), HeaderField.Create("te", "trailers"),
                HeaderField.Create("grpc-timeout", "100m"), new HeaderField("authorization"u8.ToArray(), "x"u8.ToArray(), neverIndexed: true),
            ];
            yield return Encode(new HpackEncoder(TableBytes), fields);
            yield return HuffmanReference.Encode("/runtime.v1.RuntimeService/Version"u8);
            yield return [0x3f, 0xe1, 0x1f, 0x82, 0x41, 0x8c, .. HuffmanReference.Encode("www.example.com"u8)];
            yield return [0x20, 0x3f, 0xe1, 0x1f, 0x40, 0x01, (byte)'a', 0x01, (byte)'b', 0xbe];
        }
    }

    public string Check(byte[] input) => $"{CheckBlock(input)} | {CheckHuffman(input)}";

    private static string CheckBlock(byte[] input)
    {
        using var decoder = new HpackDecoder(TableBytes, ListBytes);
        var list = new HeaderList(ListBytes);
        try
        {
            decoder.Decode(input, list);
        }
        catch (HpackException e)
        {
            return Outcome.Refused(e.Message);
        }

        FuzzFailure.Unless(decoder.TableBytes <= TableBytes && (decoder.TableCount > 0 || decoder.TableBytes == 0), "the table stays within its size");
        HeaderField[] fields = [.. list.Fields];
        if (list.IsTooLarge)
        {
            return "too large";
        }

        var encoder = new HpackEncoder(TableBytes);
        using var other = new HpackDecoder(TableBytes, ListBytes);
        for (var round = 0; round < 2; round++)
        {
            var again = new HeaderList(ListBytes);
            other.Decode(Encode(encoder, fields), again);
            FuzzFailure.Unless(again.Fields.SequenceEqual(fields), $"fields are decoded as they were encoded, block {round + 1}");
        }

        FuzzFailure.UnlessEqual(encoder.TableCount, other.TableCount, "encoder and decoder keep one table");
        return $"{Outcome.Magnitude(fields.Length)} fields, {Outcome.Magnitude(decoder.TableCount)} in the table, malformed {fields.Any(f => f.IsMalformed)}";
    }

    private static string CheckHuffman(byte[] input)
    {
        var target = new byte[HpackHuffman.MaxDecodedLength(input.Length)];
        try
        {
            var decoded = target[..HpackHuffman.Decode(input, target)];
            FuzzFailure.UnlessSame(HuffmanReference.Encode(decoded), input, "a Huffman text has one code, the reference's");
            return "Huffman";
        }
        catch (HpackException e)
        {
            return Outcome.Refused(e.Message);
        }
    }

    private static byte[] Encode(HpackEncoder encoder, HeaderField[] fields)
    {
        using var output = new OutputBuffer();
        encoder.Encode(fields, output);
        return output.Written.ToArray();
    }
}
