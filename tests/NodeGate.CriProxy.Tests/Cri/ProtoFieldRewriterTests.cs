using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Runtime;

namespace NodeGate.CriProxy.Tests.Cri;

/// <summary>Google.Protobuf is the oracle: what it merges is what Go's runtimes merge.</summary>
public sealed class ProtoFieldRewriterTests
{
    private const string Admitted = "registry.example/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void ReplaceString_OneOccurrence_ChangesNothingElse()
    {
        var head = new WireBuilder().Text(2, "auth").Tag(99, 0).Varint(7, padding: 3).ToArray();
        var spec = new WireBuilder().Bytes(2, [1, 2]).Text(1, "app:1").Text(18, "as written").Tag(40, 3).Text(1, "group").Tag(40, 4).ToArray();
        var tail = new WireBuilder().Text(3, "sandbox").Tag(1, 0).Varint(5).Tag(12, 5).Raw(1, 2, 3, 4).ToArray();
        var expectedSpec = new WireBuilder().Bytes(2, [1, 2]).Text(1, Admitted).Text(18, "as written").Tag(40, 3).Text(1, "group").Tag(40, 4).ToArray();

        var rewritten = ProtoFieldRewriter.ReplaceString([.. head, .. new WireBuilder().Bytes(1, spec).ToArray(), .. tail], 1, 1, Admitted);

        Assert.Equal([.. head, .. new WireBuilder().Bytes(1, expectedSpec).ToArray(), .. tail], rewritten);
    }

    [Fact]
    public void ReplaceString_ValueIsThereAlready_KeepsEveryByte()
    {
        var message = new WireBuilder().Bytes(1, new WireBuilder().Text(1, Admitted, padding: 2).ToArray(), padding: 4).ToArray();
        Assert.Equal(message, ProtoFieldRewriter.ReplaceString(message, 1, 1, Admitted));
    }

    [Fact]
    public void ReplaceString_RepeatedAtBothLevels_LeavesNoOtherValueToReadInAnyOrder()
    {
        var first = new WireBuilder().Text(1, "evil:1").Text(1, "good:1").Text(1, "evil:2").ToArray();
        var second = new WireBuilder().Text(1, "good:1").ToArray();
        var message = new WireBuilder().Bytes(1, first).Text(9, "between").Bytes(1, second).Bytes(1, []).ToArray();

        var rewritten = ProtoFieldRewriter.ReplaceString(message, 1, 1, Admitted);

        Assert.DoesNotContain("evil", System.Text.Encoding.UTF8.GetString(rewritten), StringComparison.Ordinal);
        Assert.DoesNotContain("good", System.Text.Encoding.UTF8.GetString(rewritten), StringComparison.Ordinal);
        Assert.Equal(Admitted, PullImageRequest.Parser.ParseFrom(rewritten).Image.Image);
    }

    [Fact]
    public void ReplaceString_FieldDoesNotOccur_Refuses()
    {
        Assert.Throws<FormatException>(() => ProtoFieldRewriter.ReplaceString([], 1, 1, Admitted));
        Assert.Throws<FormatException>(() => ProtoFieldRewriter.ReplaceString(new WireBuilder().Bytes(1, []).ToArray(), 1, 1, Admitted));
        // Field 1 as a number is an unknown field, not the image.
        Assert.Throws<FormatException>(() => ProtoFieldRewriter.ReplaceString(new WireBuilder().Tag(1, 0).Varint(1).ToArray(), 1, 1, Admitted));
    }

    [Fact]
    public void ReplaceString_InnerMessageMalformed_Refuses() =>
        Assert.Throws<FormatException>(() => ProtoFieldRewriter.ReplaceString(new WireBuilder().Bytes(1, [0x0A, 0x09]).ToArray(), 1, 1, Admitted));

    [Fact]
    public void ReplaceString_AnyMessage_OracleReadsTheNewImageAndTheRestUnchanged() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll<byte[]>(script =>
        {
            var message = Build(script ?? []);
            var expected = PullImageRequest.Parser.ParseFrom(message);
            if (expected.Image is not { Image.Length: > 0 })
            {
                return true;
            }

            var rewritten = ProtoFieldRewriter.ReplaceString(message, 1, 1, Admitted);
            var actual = PullImageRequest.Parser.ParseFrom(rewritten);
            expected.Image.Image = Admitted;
            return expected.Equals(actual) && ProtoFieldRewriter.ReplaceString(rewritten, 1, 1, Admitted).AsSpan().SequenceEqual(rewritten);
        }));

    [Fact]
    public void ReplaceString_AnyBytes_RefusesOrTheOracleReadsTheNewImage() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll<byte[], byte[]>((script, noise) =>
        {
            // Valid messages with bytes of noise written over them reach deeper than noise alone.
            var message = Build(script ?? []);
            foreach (var (index, value) in (noise ?? []).Index())
            {
                if (message.Length > 0)
                {
                    message[(index * 31 + value) % message.Length] = value;
                }
            }

            try
            {
                var rewritten = ProtoFieldRewriter.ReplaceString(message, 1, 1, Admitted);
                return string.Equals(PullImageRequest.Parser.ParseFrom(rewritten).Image.Image, Admitted, StringComparison.Ordinal);
            }
            catch (Exception refusal) when (refusal is FormatException or InvalidProtocolBufferException)
            {
                return true;
            }
        }));

    /// <summary>Turns bytes into a message: each byte chooses a field, so that FsCheck can shrink what it finds.</summary>
    private static byte[] Build(byte[] script)
    {
        var message = new WireBuilder();
        foreach (var step in script)
        {
            var padding = step % 3;
            switch (step % 9)
            {
                case 0 or 1:
                    message.Bytes(1, Spec(step), padding);
                    break;
                case 2:
                    message.Bytes(2, new WireBuilder().Text(1, "user" + step).Text(6, "ignored").ToArray(), padding);
                    break;
                case 3:
                    message.Bytes(3, new WireBuilder().Bytes(1, new WireBuilder().Text(3, "ns" + step).ToArray(), padding).ToArray());
                    break;
                case 4:
                    message.Tag(1, 0, padding).Varint(step, padding);
                    break;
                case 5:
                    message.Tag(200 + step, 5).Raw(1, 2, 3, step);
                    break;
                case 6:
                    message.Tag(1, 3).Text(1, "not the image").Tag(1, 4, padding);
                    break;
                case 7:
                    message.Tag(70, 1, padding).Raw(1, 2, 3, 4, 5, 6, 7, step);
                    break;
                default:
                    message.Text(19_000 + step, "unknown", padding);
                    break;
            }
        }

        return message.ToArray();
    }

    private static byte[] Spec(byte step)
    {
        var spec = new WireBuilder();
        for (var bit = 1; bit < 64; bit <<= 1)
        {
            if ((step & bit) != 0)
            {
                _ = bit switch
                {
                    1 => spec.Text(1, "first:" + step),
                    2 => spec.Text(18, "as written"),
                    4 => spec.Bytes(2, new WireBuilder().Text(1, "key").Text(2, "value").ToArray(), padding: 1),
                    8 => spec.Tag(30, 3).Tag(31, 3).Tag(31, 4).Tag(30, 4),
                    16 => spec.Text(1, "second:" + step, padding: 2),
                    _ => spec.Tag(1, 0).Varint(9),
                };
            }
        }

        return spec.ToArray();
    }
}
