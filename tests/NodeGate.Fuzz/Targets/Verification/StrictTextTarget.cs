using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;
using NodeGate.Verification.Strict;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>
/// Base64, PEM, times and ECDSA signatures, each input as each of them. Oracles: what is accepted is written again in the same bytes, or means
/// the same to a second reader.
/// </summary>
internal sealed partial class StrictTextTarget : IFuzzTarget
{
    // The order of P-256.
    private static readonly BigInteger Order = BigInteger.Parse("0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public string Name => "strict-text";

    public IReadOnlyList<Type> Parsers => [typeof(StrictBase64), typeof(StrictPem), typeof(StrictTime), typeof(StrictDer), typeof(Shown)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        "AAECAwQFBgcICQ==", "", "QUJD", "2026-01-31T12:00:00Z", "2024-02-29T23:59:59.123456789+05:30", "-----BEGIN CERTIFICATE-----\nAAEC\nAwQF\n-----END CERTIFICATE-----\n")
        .Append([0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02])
        .Append([0x30, 0x09, 0x02, 0x02, 0x00, 0xff, 0x02, 0x03, 0x01, 0x00, 0x00]);

    public string Check(byte[] input)
    {
        var text = Text.Latin(input);
        var base64 = StrictBase64.TryDecode(text, out var decoded);
        FuzzFailure.UnlessEqual(IsCanonical(text), base64, "two definitions of strict base64 agree");
        if (base64)
        {
            FuzzFailure.UnlessEqual(text, Convert.ToBase64String(decoded!), "base64 has one text");
        }

        var shown = Shown.Text(text);
        FuzzFailure.Unless(shown.All(c => c is (>= ' ' and <= '~') or '…') && shown.Length <= 700, "what is shown is printable and short");
        return $"base64 {base64}, PEM {CheckPem(text)}, time {CheckTime(text)}, signature {CheckSignature(input)}";
    }

    private static bool CheckPem(string text)
    {
        if (!StrictPem.TryReadOne(text, "CERTIFICATE", out var der))
        {
            return false;
        }

        var inside = text.Trim()["-----BEGIN CERTIFICATE-----".Length..^"-----END CERTIFICATE-----".Length];
        FuzzFailure.UnlessEqual(Convert.ToBase64String(der), string.Concat(inside.Where(c => !char.IsWhiteSpace(c))), "PEM holds what stands between its lines");
        return true;
    }

    private static bool CheckTime(string text)
    {
        if (!StrictTime.TryParse(text, out var time))
        {
            return false;
        }

        // By arithmetic: .NET's parser is what is under test.
        var match = Time().Match(text);
        FuzzFailure.Unless(match.Success, "a time has the shape of RFC 3339");
        int Part(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
        var days = (new DateTime(Part("y"), Part("M"), Part("d"), 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Days;
        var offset = match.Groups["zone"].Value is "Z" ? 0 : (match.Groups["sign"].Value == "-" ? -1 : 1) * ((Part("zh") * 60) + Part("zm")) * 60;
        var seconds = (days * 86400L) + (Part("h") * 3600) + (Part("m") * 60) + Part("s") - offset;
        FuzzFailure.UnlessEqual(seconds, (long)Math.Floor((time.UtcTicks - DateTime.UnixEpoch.Ticks) / (decimal)TimeSpan.TicksPerSecond), "a time is what its digits say");
        FuzzFailure.Unless(Part("s") < 60 && Part("h") < 24, "an hour has 60 minutes");
        return true;
    }

    private static bool CheckSignature(byte[] input)
    {
        if (!StrictDer.IsEcdsaSignature(input, Order))
        {
            return false;
        }

        var pair = new AsnReader(input, AsnEncodingRules.BER).ReadSequence();
        var (r, s) = (pair.ReadInteger(), pair.ReadInteger());
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }

        FuzzFailure.UnlessSame(writer.Encode(), input, "a signature has one encoding");
        FuzzFailure.Unless(r > 0 && s > 0 && r < Order && s < Order, "both numbers are from 1 to the order");
        return true;
    }

    private static bool IsCanonical(string text)
    {
        if (!Base64().IsMatch(text))
        {
            return false;
        }

        var padding = text.Length - text.TrimEnd('=').Length;
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return padding == 0 || (Alphabet.IndexOf(text[^(padding + 1)], StringComparison.Ordinal) & (padding == 1 ? 0x3 : 0xf)) == 0;
    }

    [GeneratedRegex(@"\A(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Base64();

    [GeneratedRegex(@"\A(?<y>\d{4})-(?<M>\d\d)-(?<d>\d\d)T(?<h>\d\d):(?<m>\d\d):(?<s>\d\d)(?:\.\d+)?(?<zone>Z|(?<sign>[+-])(?<zh>\d\d):(?<zm>\d\d))\z", RegexOptions.ECMAScript | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Time();
}
