using NodeGate.CriProxy.Wire.Hpack;

namespace NodeGate.CriProxy.Tests.Wire;

public sealed class HpackDecoderTests
{
    private static readonly string[] FirstRequest = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
    private static readonly string[] SecondRequest = [.. FirstRequest, "cache-control: no-cache"];
    private static readonly string[] ThirdRequest =
        [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"];

    private static readonly string[] FirstResponse =
        [":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"];

    private static readonly string[] SecondResponse = [":status: 307", .. FirstResponse[1..]];

    private static readonly string[] ThirdResponse =
    [
        ":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT", "location: https://www.example.com",
        "content-encoding: gzip", "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
    ];

    // RFC 7541 appendix C.2.
    [Theory]
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 1)]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path", 0)]
    [InlineData("100870617373776f726406736563726574", "password: secret", 0)]
    [InlineData("82", ":method: GET", 0)]
    public void Decode_AppendixC2_OneField(string hex, string expected, int tableCount)
    {
        using var decoder = new HpackDecoder(4096, 65536);
        Assert.Equal([expected], Decode(decoder, hex));
        Assert.Equal(tableCount, decoder.TableCount);
    }

    [Fact]
    public void Decode_AppendixC2Sensitive_KeepsTheMark()
    {
        using var decoder = new HpackDecoder(4096, 65536);
        var list = new HeaderList(65536);
        decoder.Decode(Convert.FromHexString("100870617373776f726406736563726574"), list);
        Assert.True(list.Fields[0].NeverIndexed);
    }

    // RFC 7541 appendix C.3 (plain) and C.4 (Huffman).
    [Theory]
    [InlineData("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")]
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")]
    public void Decode_AppendixC3AndC4_ThreeRequests(string first, string second, string third)
    {
        using var decoder = new HpackDecoder(4096, 65536);
        Assert.Equal(FirstRequest, Decode(decoder, first));
        Assert.Equal(57, decoder.TableBytes);
        Assert.Equal(SecondRequest, Decode(decoder, second));
        Assert.Equal(110, decoder.TableBytes);
        Assert.Equal(ThirdRequest, Decode(decoder, third));
        Assert.Equal(164, decoder.TableBytes);
    }

    // RFC 7541 appendix C.5 (plain) and C.6 (Huffman): a table of 256 bytes evicts.
    [Theory]
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void Decode_AppendixC5AndC6_ThreeResponses(string first, string second, string third)
    {
        using var decoder = new HpackDecoder(256, 65536);
        Assert.Equal(FirstResponse, Decode(decoder, first));
        Assert.Equal(222, decoder.TableBytes);
        Assert.Equal(SecondResponse, Decode(decoder, second));
        Assert.Equal(222, decoder.TableBytes);
        Assert.Equal(ThirdResponse, Decode(decoder, third));
        Assert.Equal(215, decoder.TableBytes);
    }

    [Theory]
    [InlineData("80")] // index 0
    [InlineData("be")] // index 62 of an empty dynamic table
    [InlineData("ff")] // integer ends in the middle
    [InlineData("ffffffffffff7f")] // integer overflow
    [InlineData("ff808080808000")] // integer padded with zeros
    [InlineData("40")] // literal without name
    [InlineData("400161")] // literal without value
    [InlineData("40056162")] // string longer than the block
    [InlineData("4001610382")] // value cut off
    [InlineData("823f00")] // table size update behind a field
    [InlineData("202020")] // three table size updates
    [InlineData("3fe21f")] // table size 4097, over the advertised 4096
    [InlineData("00016181ff")] // Huffman padding of 8 ones: longer than 7 bits
    [InlineData("0001618100")] // Huffman: '0' and padding that is not all ones
    [InlineData("00016184ffffffff")] // Huffman: the end-of-string symbol
    public void Decode_Malformed_Throws(string hex)
    {
        using var decoder = new HpackDecoder(4096, 65536);
        Assert.Throws<HpackException>(() => Decode(decoder, hex));
    }

    [Fact]
    public void Decode_StringOverLimit_Throws()
    {
        using var decoder = new HpackDecoder(4096, 10);
        Assert.Throws<HpackException>(() => Decode(decoder, "0001610b" + string.Concat(Enumerable.Repeat("61", 11))));
    }

    [Fact]
    public void Decode_RandomBytes_NeverThrowsAnythingElse()
    {
        var random = new Random(4711);
        for (var i = 0; i < 20_000; i++)
        {
            var block = new byte[random.Next(0, 64)];
            random.NextBytes(block);
            using var decoder = new HpackDecoder(4096, 65536);
            try
            {
                decoder.Decode(block, new HeaderList(65536));
            }
            catch (HpackException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void Decode_TableBomb_IsCountedAndNotKept()
    {
        using var decoder = new HpackDecoder(4096, 65536);
        var list = new HeaderList(64 * 1024);
        var block = new List<byte> { 0x40, 0x01, (byte)'a', 0x7F, 0x81, 0x1E };
        block.AddRange(Enumerable.Repeat((byte)'b', 127 + 1 + (0x1E << 7)));
        block.AddRange(Enumerable.Repeat((byte)0xBE, 10_000));
        decoder.Decode([.. block], list);
        Assert.True(list.IsTooLarge);
        Assert.InRange(list.Count, 1, 17);
    }

    // Every byte value by its own code, decoded from codes that are built here from the lengths a second time.
    [Fact]
    public void HuffmanDecode_EveryPairOfSymbols_RoundTrips()
    {
        Span<byte> target = stackalloc byte[64];
        for (var a = 0; a < 256; a++)
        {
            for (var b = 0; b < 256; b += 7)
            {
                var encoded = HuffmanReference.Encode([(byte)a, (byte)b, (byte)a]);
                var length = HpackHuffman.Decode(encoded, target);
                Assert.Equal([(byte)a, (byte)b, (byte)a], target[..length].ToArray());
            }
        }
    }

    private static string[] Decode(HpackDecoder decoder, string hex)
    {
        var list = new HeaderList(65536);
        decoder.Decode(Convert.FromHexString(hex), list);
        return [.. list.Fields.ToArray().Select(field => $"{field.NameText}: {field.ValueText}")];
    }
}
