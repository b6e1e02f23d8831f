using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Webhook.Reviews;

/// <summary>
/// A path into a Kubernetes object, in the part of JSONPath that names places and searches nothing: <c>$.spec.steps[*].image</c>,
/// <c>$.spec['my.key'][0]</c>. The leading <c>$</c> may be left out, as kubectl has it.
/// </summary>
public sealed record ObjectPath
{
    /// <summary>Longest path, in characters.</summary>
    public const int MaxLength = 512;

    /// <summary>Most steps of a path.</summary>
    public const int MaxSteps = 32;

    private const char EndOfText = '\0';

    private ObjectPath(string text, ImmutableArray<ObjectPathStep> steps)
    {
        Text = text;
        Steps = steps;
    }

    /// <summary>The path as it was written.</summary>
    public string Text { get; }

    /// <summary>Its steps from the root on.</summary>
    internal ImmutableArray<ObjectPathStep> Steps { get; }

    /// <summary>Parses <paramref name="text"/>; where it cannot, <paramref name="error"/> says what was found and where.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ObjectPath? path, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        path = null;
        if (text.Length > MaxLength)
        {
            error = $"a path of {text.Length} characters; at most {MaxLength} are read";
            return false;
        }

        var steps = ImmutableArray.CreateBuilder<ObjectPathStep>();
        var written = text;
        if (text.Length > 0 && text[0] is not ('$' or '.' or '['))
        {
            text = "." + text;
        }

        var at = text.StartsWith('$') ? 1 : 0;
        while (at < text.Length)
        {
            if (steps.Count == MaxSteps)
            {
                error = $"a path of more than {MaxSteps} steps";
                return false;
            }

            if (Step(text, ref at) is not { } step)
            {
                error = $"'{DisplayAt(text, at)}' at character {at + 1}";
                return false;
            }

            steps.Add(step);
        }

        if (steps.Count == 0)
        {
            error = "a path without steps";
            return false;
        }

        error = null;
        path = new ObjectPath(written, steps.ToImmutable());
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(ObjectPath? other) => other is not null && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc/>
    public override int GetHashCode() => Steps.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static ObjectPathStep? Step(string text, ref int at)
    {
        if (text[at] == '.')
        {
            var end = at + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-'))
            {
                end++;
            }

            var name = text[(at + 1)..end];
            at = name.Length == 0 ? at + 1 : end;
            return name.Length == 0 ? null : ObjectPathStep.Member(name);
        }

        if (text[at] != '[')
        {
            return null;
        }

        var close = text.IndexOf(']', at);
        var quote = Peek(text, at + 1);
        if (quote is '\'' or '"')
        {
            var endQuote = text.IndexOf(quote, at + 2);
            close = endQuote < 0 || Peek(text, endQuote + 1) != ']' ? -1 : endQuote + 1;
        }

        var inner = close < 0 ? "" : text[(at + 1)..close];
        ObjectPathStep? step = inner switch
        {
            "*" => ObjectPathStep.Each,
            ['\'' or '"', .. { Length: > 1 } rest] => ObjectPathStep.Member(rest[..^1]),
            _ when inner.Length is > 0 and <= 6 && inner.All(char.IsAsciiDigit) =>
                ObjectPathStep.Item(int.Parse(inner, System.Globalization.CultureInfo.InvariantCulture)),
            _ => null,
        };
        at = step is null ? at : close + 1;
        return step;
    }

    private static char Peek(string text, int at) => at < text.Length ? text[at] : EndOfText;

    private static string DisplayAt(string text, int at) => at < text.Length ? text[at..Math.Min(text.Length, at + 16)] : "the end";
}
