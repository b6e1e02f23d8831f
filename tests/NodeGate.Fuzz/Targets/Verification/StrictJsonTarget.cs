using System.Globalization;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Oci;
using NodeGate.Verification;
using NodeGate.Verification.Strict;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>Oracles: a second reader, written from the RFC, accepts the same texts and finds the same values; so does the reader of room Oci.</summary>
internal sealed class StrictJsonTarget : IFuzzTarget
{
    public string Name => "strict-json";

    public IReadOnlyList<Type> Parsers => [typeof(NodeGate.Verification.Strict.StrictJson), typeof(StrictNode), typeof(StrictBase64)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """{"a":{"b":[1,2.5,-3e+7,true,false,null,"text \u00e9 \ud83d\ude00 \n"]},"":"","c":9223372036854775807}""",
        """ [ {"x" : "AAECAw=="} , [[[[]]]] ] """,
        "\"\\u0000\"",
        string.Concat(Enumerable.Repeat("[", 31)) + string.Concat(Enumerable.Repeat("]", 31)),
        """{"a":1,"A":2}""");

    public string Check(byte[] input)
    {
        var expected = JsonReference.Read(input, VerificationLimits.MaxJsonDepth);
        StrictNode root;
        try
        {
            root = NodeGate.Verification.Strict.StrictJson.Parse(input);
        }
        catch (EvidenceFormatException e)
        {
            FuzzFailure.Unless(expected is null, $"what the second reader accepts is accepted; refused with: {e.Message}");
            return Outcome.Refused(e.Message);
        }

        FuzzFailure.Unless(expected is not null, "what is accepted the second reader accepts");
        Compare(root, expected!);
        return "accepted " + expected!.GetType().Name + (ReadByOci(input) ? "" : ", too deep for manifests");
    }

    private static bool ReadByOci(byte[] input)
    {
        try
        {
            using var document = StrictJsonDocument.Open(input);
            return true;
        }
        catch (OciLimitException)
        {
            return false;
        }
        catch (FormatException e)
        {
            throw new FuzzFailure($"the strict readers of two rooms agree: {e.Message}");
        }
    }

    private static void Compare(StrictNode node, object expected)
    {
        switch (expected)
        {
            case Dictionary<string, object> members:
                var read = node.Members(int.MaxValue);
                FuzzFailure.UnlessEqual(string.Join('\n', members.Keys), string.Join('\n', read.Select(m => m.Key)), "two readers find the same names");
                foreach (var (name, value) in read)
                {
                    Compare(value, members[name]);
                }

                break;
            case List<object> items:
                var entries = node.Items(int.MaxValue);
                FuzzFailure.UnlessEqual(items.Count, entries.Length, "two readers find as many entries");
                for (var i = 0; i < items.Count; i++)
                {
                    Compare(entries[i], items[i]);
                }

                break;
            case string text:
                FuzzFailure.UnlessEqual(text, node.Text(), "two readers find the same text");
                CompareBytes(node, text);
                CompareCount(node, text);
                break;
            case JsonNumber number when number.Text.All(char.IsAsciiDigit) && decimal.TryParse(number.Text, CultureInfo.InvariantCulture, out var value) && value <= long.MaxValue:
                FuzzFailure.UnlessEqual((long)value, node.Count(), "two readers find the same number");
                break;
            default:
                Refuses(() => node.Text(), "what is no text is not read as one");
                break;
        }
    }

    private static void CompareBytes(StrictNode node, string text)
    {
        byte[] bytes;
        try
        {
            bytes = node.Bytes(int.MaxValue);
        }
        catch (EvidenceFormatException)
        {
            // Not strict base64, or of nothing.
            return;
        }

        FuzzFailure.UnlessEqual(text, Convert.ToBase64String(bytes), "base64 has one text");
    }

    private static void CompareCount(StrictNode node, string text)
    {
        var isNumber = text.Length is > 0 and < 19 && text.All(char.IsAsciiDigit);
        long found;
        try
        {
            found = node.Count();
        }
        catch (EvidenceFormatException)
        {
            FuzzFailure.Unless(!isNumber, "digits in a text are a number");
            return;
        }

        FuzzFailure.Unless(text.All(char.IsAsciiDigit) && found == decimal.Parse(text, CultureInfo.InvariantCulture), "a number in a text is digits and nothing else");
    }

    private static void Refuses(Action read, string oracle)
    {
        try
        {
            read();
        }
        catch (EvidenceFormatException)
        {
            return;
        }

        throw new FuzzFailure(oracle);
    }
}
