using System.Text.Json;
using NodeGate.Verification.Strict;

namespace NodeGate.Policy.Conditions;

/// <summary>Says what stands in a predicate: a stranger's text, quoted and shortened.</summary>
internal static class FoundText
{
    public static string Of(JsonElement? found) => found switch
    {
        null => "missing",
        { ValueKind: JsonValueKind.String } text => Shown.Text(text.GetString()!),
        { ValueKind: JsonValueKind.Object } => "an object",
        { ValueKind: JsonValueKind.Array } list => $"a list of {list.GetArrayLength()}",
        { ValueKind: JsonValueKind.Number } number => "the number " + Shown.Text(number.GetRawText()).Trim('\''),
        { } word => word.GetRawText(),
    };
}
