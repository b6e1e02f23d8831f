using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace NodeGate.Verification;

/// <summary>
/// What a text must be: exactly one value, or matched from its first to its last character by a regular expression, in linear time. Go's
/// expressions, as in cosign, match anywhere: <c>https://github.com/org</c> would match <c>https://evil.example/https://github.com/org</c>.
/// </summary>
public sealed class TextPattern : IEquatable<TextPattern>
{
    private readonly Regex? _regex;

    private TextPattern(string text, Regex? regex)
    {
        Text = text;
        _regex = regex;
    }

    /// <summary>The value, or the expression as written.</summary>
    public string Text { get; }

    /// <summary>Whether it is an expression.</summary>
    public bool IsRegex => _regex is not null;

    /// <summary>Exactly <paramref name="value"/>, compared ordinally.</summary>
    public static TextPattern Exactly(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        return new TextPattern(value, null);
    }

    /// <summary>Parses an expression in .NET's syntax without what takes more than linear time: back references and look-around.</summary>
    /// <param name="expression">The expression; it is anchored at both ends.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="error">What is wrong, and the fix.</param>
    public static bool TryParseRegex(string expression, [NotNullWhen(true)] out TextPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(expression);
        pattern = null;
        if (expression.Length is 0 or > VerificationLimits.MaxPatternCharacters)
        {
            error = $"an expression of {expression.Length} characters; expected 1 to {VerificationLimits.MaxPatternCharacters}";
            return false;
        }

        try
        {
            // On its own first: "a)|(?:b" is only an expression because of the parentheses that anchor it.
            _ = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);
            pattern = new TextPattern(
                expression,
                new Regex($@"\A(?:{expression})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout));
        }
        catch (ArgumentException e)
        {
            error = $"not a regular expression: {e.Message}";
            return false;
        }
        catch (NotSupportedException)
        {
            error = "the expression needs back references, look-around or atomic groups, which cannot be matched in linear time; write it without, or use the exact value";
            return false;
        }

        error = null;
        return true;
    }

    /// <summary>Whether the whole of <paramref name="value"/> matches.</summary>
    public bool Matches(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return _regex?.IsMatch(value) ?? string.Equals(value, Text, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public bool Equals(TextPattern? other) => other is not null && Text == other.Text && IsRegex == other.IsRegex;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TextPattern);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, IsRegex);

    /// <summary>The value in quotes, or the expression in slashes.</summary>
    public override string ToString() => IsRegex ? $"/{Text}/" : $"'{Text}'";
}
