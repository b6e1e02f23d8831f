using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using NodeGate.CriProxy.Wire;
using NodeGate.Fuzz.Engine;

namespace NodeGate.Fuzz.Targets.CriProxy;

/// <summary>
/// Message framing, grpc-timeout and grpc-message. Oracles: it does not matter in which pieces a message arrives; two definitions of a frame
/// and of a timeout agree; a message text survives its encoding.
/// </summary>
internal sealed partial class GrpcTarget : IFuzzTarget
{
    private const int MaxBytes = 4096;

    public string Name => "grpc";

    public IReadOnlyList<Type> Parsers => [typeof(GrpcMessageReader), typeof(GrpcTimeout), typeof(GrpcMessageText)];

    public IEnumerable<byte[]> Seeds =>
        Text.Each("100m", "99999999H", "1n", "nodegate: 100% sure \u00e9", "%E2%82%AC%zz%4").Append([0, 0, 0, 0, 3, 1, 2, 3]).Append([0, 0, 0, 0, 0]).Append([1, 0, 0, 0, 1, 9]);

    public string Check(byte[] input)
    {
        CheckText(input);
        return $"{CheckFraming(input)}, timeout {CheckTimeout(input)}";
    }

    private static string CheckFraming(byte[] input)
    {
        var whole = Read(input, input.Length);
        foreach (var piece in (ReadOnlySpan<int>)[1, 3, 5])
        {
            FuzzFailure.UnlessEqual(whole, Read(input, piece), "it does not matter in which pieces a message arrives");
        }

        var expected = input.Length >= 5 && input[0] == 0 && BinaryPrimitives.ReadUInt32BigEndian(input.AsSpan(1)) is <= MaxBytes and var length && length == input.Length - 5;
        FuzzFailure.UnlessEqual(expected, whole.StartsWith("whole", StringComparison.Ordinal), "two definitions of one whole message agree");
        return whole.StartsWith("whole", StringComparison.Ordinal) ? "whole" : Outcome.Shape(whole);
    }

    private static string Read(byte[] input, int piece)
    {
        var budget = new ByteBudget(MaxBytes);
        var reader = new GrpcMessageReader(MaxBytes, budget);
        for (var at = 0; at < input.Length; at += piece)
        {
            reader.Append(input.AsSpan(at, Math.Min(piece, input.Length - at)));
        }

        var end = reader.Error is { } error ? $"{error.Status}: {error.Message}"
            : reader.IsComplete ? "whole " + Convert.ToHexStringLower(reader.Message.Span)
            : "cut off";
        reader.Release();
        FuzzFailure.Unless(budget.TryTake(MaxBytes), "what a message reserved is given back");
        return end;
    }

    private static bool CheckTimeout(byte[] input)
    {
        var accepted = GrpcTimeout.TryParse(input, out var timeout);
        var match = Timeout().Match(Text.Latin(input));
        FuzzFailure.UnlessEqual(match.Success, accepted, "two definitions of a timeout agree");
        if (accepted)
        {
            BigInteger unit = match.Groups["unit"].Value switch
            {
                "H" => 3_600_000_000_000,
                "M" => 60_000_000_000,
                "S" => 1_000_000_000,
                "m" => 1_000_000,
                "u" => 1_000,
                _ => 1,
            };
            var ticks = BigInteger.Min(((BigInteger.Parse(match.Groups["digits"].Value, CultureInfo.InvariantCulture) * unit) + 99) / 100, GrpcTimeout.Max.Ticks);
            FuzzFailure.UnlessEqual((long)ticks, timeout.Ticks, "two readers find the same timeout");
        }

        return accepted;
    }

    private static void CheckText(byte[] input)
    {
        _ = GrpcMessageText.Decode(input);
        var message = Encoding.UTF8.GetString(input);
        var encoded = GrpcMessageText.Encode(message);
        FuzzFailure.Unless(!encoded.AsSpan().ContainsAnyExceptInRange((byte)' ', (byte)'~'), "an encoded message is printable ASCII");
        FuzzFailure.UnlessEqual(message, GrpcMessageText.Decode(encoded), "a message survives its encoding");
    }

    [GeneratedRegex(@"\A(?<digits>[0-9]{1,8})(?<unit>[HMSmun])\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Timeout();
}
