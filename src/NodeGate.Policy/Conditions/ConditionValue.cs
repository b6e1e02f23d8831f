using System.Text.Json;

namespace NodeGate.Policy.Conditions;

/// <summary>A text, number or truth value of the policy. YAML's quotes tell them apart: <c>5</c> is a number, <c>"5"</c> a text.</summary>
internal sealed class ConditionValue
{
    private readonly string _written;
    private readonly ExactNumber? _number;
    private readonly bool? _truth;

    private ConditionValue(string written, ExactNumber? number, bool? truth)
    {
        _written = written;
        _number = number;
        _truth = truth;
    }

    private bool IsText => _number is null && _truth is null;

    /// <summary>Reads a scalar as YAML's core schema does, without its other words for true and false.</summary>
    public static ConditionValue Of(string text, bool isPlain) => new(
        text, isPlain ? ExactNumber.Of(text) : null, isPlain && text is ("true" or "false") ? text is "true" : null);

    /// <summary>Whether <paramref name="found"/> is of the same type.</summary>
    public bool IsOfKind(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.String => IsText,
        JsonValueKind.Number => _number is not null && ExactNumber.Of(found.GetRawText()) is not null,
        JsonValueKind.True or JsonValueKind.False => _truth is not null,
        _ => false,
    };

    /// <summary>Whether <paramref name="found"/> is of the same type and has the same value.</summary>
    public bool IsEqual(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.String => IsText && found.ValueEquals(_written),
        JsonValueKind.Number => _number is not null && ExactNumber.Of(found.GetRawText()) == _number,
        JsonValueKind.True => _truth is true,
        JsonValueKind.False => _truth is false,
        _ => false,
    };

    /// <inheritdoc/>
    public override string ToString() => IsText ? $"'{_written}'" : _written;
}
