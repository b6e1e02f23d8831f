using System.Globalization;
using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary>A text, number or truth value of the policy. YAML's quotes tell them apart: <c>5</c> is a number, <c>"5"</c> a text.</summary>
internal sealed record ConditionValue
{
    // decimal keeps 28 digits; a longer number would be rounded to what it is not.
    private const int MaxNumberCharacters = 28;

    private readonly string? _text;
    private readonly decimal? _number;
    private readonly bool? _truth;

    private ConditionValue(string? text, decimal? number, bool? truth)
    {
        _text = text;
        _number = number;
        _truth = truth;
    }

    /// <summary>Reads a scalar as YAML's core schema does, without its other words for true and false.</summary>
    public static ConditionValue Of(string text, bool isPlain) => !isPlain ? new ConditionValue(text, null, null)
        : text is "true" or "false" ? new ConditionValue(null, null, text is "true")
        : NumberOf(text) is { } number ? new ConditionValue(null, number, null)
        : new ConditionValue(text, null, null);

    /// <summary>Whether <paramref name="found"/> is of the same type.</summary>
    public bool IsOfKind(JsonElement found) =>
        found.ValueKind == (_text is not null ? JsonValueKind.String : _number is not null ? JsonValueKind.Number : JsonValueKind.True)
        || (_truth is not null && found.ValueKind == JsonValueKind.False);

    /// <summary>Whether <paramref name="found"/> is of the same type and has the same value.</summary>
    public bool IsEqual(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.String => _text is not null && found.ValueEquals(_text),
        JsonValueKind.Number => _number is not null && NumberOf(found.GetRawText()) == _number,
        JsonValueKind.True => _truth is true,
        JsonValueKind.False => _truth is false,
        _ => false,
    };

    /// <inheritdoc/>
    public override string ToString() =>
        _text is not null ? $"'{_text}'" : _number?.ToString(CultureInfo.InvariantCulture) ?? (_truth is true ? "true" : "false");

    private static decimal? NumberOf(string text) =>
        text.Length <= MaxNumberCharacters
        && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
        && (char.IsAsciiDigit(text[0]) || (text[0] == '-' && text.Length > 1 && char.IsAsciiDigit(text[1])))
            ? number
            : null;
}
