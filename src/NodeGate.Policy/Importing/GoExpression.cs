using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace NodeGate.Policy.Importing;

/// <summary>
/// Go's regular expressions, which match anywhere in a text, as expressions that must match the whole of it. Only what both languages read
/// alike is translated: .NET's <c>\d</c> and <c>\w</c> know letters of all scripts, Go's only ASCII's.
/// </summary>
internal static class GoExpression
{
    private const string Anything = "(?s:.*)";

    public static bool TryTranslate(string expression, [NotNullWhen(true)] out string? translated, [NotNullWhen(false)] out string? problem)
    {
        var text = new StringBuilder();
        var isClass = false;
        problem = null;
        for (var i = 0; i < expression.Length && problem is null; i++)
        {
            var c = expression[i];
            var next = i + 1 < expression.Length ? expression[i + 1] : '\0';
            if (c > '~' || c < ' ')
            {
                problem = "a character that is not printable ASCII";
            }
            else if (c == '\\')
            {
                i++;
                problem = Escape(next, isClass, text);
            }
            else if (isClass)
            {
                problem = c == '[' || (c == '-' && next == '[') ? "a class within a class" : null;
                isClass = c != ']';
                text.Append(c);
            }
            else if (c == '[')
            {
                isClass = true;
                text.Append(c);
                if (next == '^')
                {
                    text.Append(next);
                    i++;
                }

                problem = i + 1 < expression.Length && expression[i + 1] == ']' ? "a class that begins with ']'" : null;
            }
            else if (c == '(' && next == '?' && !(i + 2 < expression.Length && expression[i + 2] == ':'))
            {
                problem = "flags or names in a group";
            }
            else
            {
                _ = c switch
                {
                    '^' => text.Append(@"\A"),
                    '$' => text.Append(@"\z"),
                    _ => text.Append(c),
                };
            }
        }

        problem ??= isClass ? "a class that does not end" : null;
        translated = problem is null ? Anchor(text.ToString()) : null;
        return problem is null;
    }

    private static string? Escape(char c, bool isClass, StringBuilder text)
    {
        if (char.IsAsciiLetterOrDigit(c) || c == '\0')
        {
            var members = c switch { 'd' => "0-9", 'w' => "0-9A-Za-z_", _ => null };
            text.Append(isClass ? members : $"[{members}]");
            return members is null ? $@"the escape \{c}" : null;
        }

        text.Append('\\').Append(c);
        return null;
    }

    /// <summary>Readable where the expression is anchored itself and has no alternatives.</summary>
    private static string Anchor(string text)
    {
        if (text.Contains('|', StringComparison.Ordinal))
        {
            return $"{Anything}(?:{text}){Anything}";
        }

        var start = text.StartsWith(@"\A", StringComparison.Ordinal);
        var end = text.EndsWith(@"\z", StringComparison.Ordinal) && !text.EndsWith(@"\\z", StringComparison.Ordinal);
        return (start ? "" : Anything) + text[(start ? 2 : 0)..(end ? text.Length - 2 : text.Length)] + (end ? "" : Anything);
    }
}
