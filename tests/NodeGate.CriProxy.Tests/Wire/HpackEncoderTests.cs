using NodeGate.CriProxy.Wire.Hpack;
using NodeGate.CriProxy.Wire.Http2;

namespace NodeGate.CriProxy.Tests.Wire;

public sealed class HpackEncoderTests
{
    // RFC 7541 appendix C.3: what we write (plain strings, incremental indexing) is that very example.
    [Fact]
    public void Encode_AppendixC3_SameBytes()
    {
        var encoder = new HpackEncoder(4096);
        Assert.Equal("828684410F7777772E6578616D706C652E636F6D", Encode(encoder, (":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")));
        Assert.Equal(
            "828684BE58086E6F2D6361636865",
            Encode(encoder, (":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com"), ("cache-control", "no-cache")));
        Assert.Equal(
            "828785BF400A637573746F6D2D6B65790C637573746F6D2D76616C7565",
            Encode(encoder, (":method", "GET"), (":scheme", "https"), (":path", "/index.html"), (":authority", "www.example.com"), ("custom-key", "custom-value")));
    }

    [Fact]
    public void Encode_SameBlockTwice_OneByteForEachField()
    {
        var encoder = new HpackEncoder(4096);
        (string, string)[] call =
            [(":method", "POST"), (":scheme", "http"), (":path", "/runtime.v1.ImageService/ImageStatus"), (":authority", "localhost"), ("te", "trailers")];
        Encode(encoder, call);
        Assert.Equal(call.Length * 2, Encode(encoder, call).Length);
    }

    [Fact]
    public void Encode_VolatileField_IsNotIndexed()
    {
        var encoder = new HpackEncoder(4096);
        Encode(encoder, ("grpc-timeout", "119969m"), ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        Assert.Equal(0, encoder.TableCount);
    }

    [Fact]
    public void Encode_SensitiveField_StaysSensitive()
    {
        var encoder = new HpackEncoder(4096);
        using var output = new OutputBuffer();
        encoder.Encode([new HeaderField("authorization"u8.ToArray(), "secret"u8.ToArray(), neverIndexed: true)], output);
        Assert.Equal("1F0806736563726574", Convert.ToHexString(output.Written.Span));
        Assert.Equal(0, encoder.TableCount);
    }

    [Fact]
    public void Encode_PeerShrinksTable_SizeUpdateFirst()
    {
        var encoder = new HpackEncoder(4096);
        Encode(encoder, ("a", "b"));
        encoder.SetPeerTableSize(0);
        encoder.SetPeerTableSize(4096);
        Assert.StartsWith("203FE11F40", Encode(encoder, ("a", "b")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(256)]
    [InlineData(0)]
    public void Encode_RandomFields_DecodeToTheSame(int tableBytes)
    {
        var random = new Random(tableBytes);
        var encoder = new HpackEncoder(4096);
        using var decoder = new HpackDecoder(4096, 65536);
        encoder.SetPeerTableSize((uint)tableBytes);
        string[] names = [":path", "content-type", "x-one", "x-two-bin", "grpc-status", "grpc-message", "user-agent"];
        for (var round = 0; round < 2_000; round++)
        {
            var fields = Enumerable.Range(0, random.Next(1, 12))
                .Select(_ => HeaderField.Create(names[random.Next(names.Length)], new string((char)random.Next(32, 255), random.Next(0, 300)) + random.Next(20)))
                .ToArray();
            using var output = new OutputBuffer();
            encoder.Encode(fields, output);
            var list = new HeaderList(1024 * 1024);
            decoder.Decode(output.Written.Span, list);
            Assert.Equal(fields, list.Fields.ToArray());
            Assert.Equal(encoder.TableCount, decoder.TableCount);
        }
    }

    // RFC 7541 appendix C.1.
    [Theory]
    [InlineData(10, 5, "0A")]
    [InlineData(1337, 5, "1F9A0A")]
    [InlineData(42, 8, "2A")]
    [InlineData(HpackInteger.MaxValue, 7, "7F81FFFF7F")]
    public void HpackInteger_WriteAndRead_AppendixC1(int value, int prefixBits, string hex)
    {
        Span<byte> target = stackalloc byte[8];
        var length = HpackInteger.Write(target, 0, prefixBits, value);
        Assert.Equal(hex, Convert.ToHexString(target[..length]));
        var position = 0;
        Assert.Equal(value, HpackInteger.Read(target[..length], ref position, prefixBits));
        Assert.Equal(length, position);
    }

    private static string Encode(HpackEncoder encoder, params (string Name, string Value)[] fields)
    {
        using var output = new OutputBuffer();
        encoder.Encode([.. fields.Select(field => HeaderField.Create(field.Name, field.Value))], output);
        return Convert.ToHexString(output.Written.Span);
    }
}
