using System.Text;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;

namespace NodeGate.Policy.Importing;

/// <summary>
/// Expressions of Go's <c>regexp</c>, which cosign looks for anywhere in a value, as expressions that match the whole value. Only what the two
/// syntaxes mean alike is taken: <c>\d</c> is ten digits in Go and every digit of Unicode in .NET, which would trust identities that nobody named.
/// </summary>
internal sealed class GoRegex
{
    private const string Anything = "(?s:.*)";

    private readonly string _expression;
    private readonly StringBuilder _body = new();
    private int _at;
    private int _depth;
    private bool _hasAlternatives;

    private GoRegex(string expression) => _expression = expression;

    /// <summary>The same expression in NodeGate's syntax; null, with an error, where it has none. Null stays null.</summary>
    public static NativeText? Read(Located? expression, ImportContext context)
    {
        if (expression is null)
        {
            return null;
        }

        if (new GoRegex(expression.Text).Translate(out var why) is { } translated)
        {
            return new NativeText(translated, IsRegex: true);
        }

        context.Refuse(
            expression.Position,
            $"the expression {Quote.Of(expression.Text)}",
            why,
            "an expression of letters, '.', '[…]', '(…)', '|', '*', '+', '?' and '{…}', with '^' only at its beginning and '$' only at its end, or the exact value");
        return null;
    }

    private string? Translate(out string why)
    {
        var (from, to) = (_expression.StartsWith('^'), _expression.EndsWith('$') && !IsEscaped(_expression.Length - 1));
        var end = to ? _expression.Length - 1 : _expression.Length;
        _at = from ? 1 : 0;
        while (_at < end)
        {
            if (Refuse(end) is { } refused)
            {
                why = refused;
                return null;
            }
        }

        why = "'^' or '$' belongs to one of its alternatives alone";
        if (_hasAlternatives && (from || to))
        {
            return null;
        }

        var body = _hasAlternatives ? $"(?:{_body})" : _body.ToString();
        return (from ? "" : Anything) + body + (to ? "" : Anything);
    }

    /// <summary>Takes what stands at the place; says why where it cannot be taken.</summary>
    private string? Refuse(int end)
    {
        var c = _expression[_at];
        switch (c)
        {
            case '^' or '$':
                return $"'{c}' in its midst";
            case '\\':
                return RefuseEscape(end, isInClass: false);
            case '[':
                return RefuseClass(end);
            case '(' when _at + 1 < end && _expression[_at + 1] == '?' && !_expression.AsSpan(_at).StartsWith("(?:"):
                return "'(?' means other things in NodeGate's expressions";
            case '(':
                _depth++;
                break;
            case ')':
                _depth--;
                break;
            case '|' when _depth == 0:
                _hasAlternatives = true;
                break;
            default:
                break;
        }

        _body.Append(c);
        _at++;
        return null;
    }

    private string? RefuseEscape(int end, bool isInClass)
    {
        var c = _at + 1 < end ? _expression[_at + 1] : '\0';
        var meaning = c switch
        {
            'd' => "0-9",
            'w' => "0-9A-Za-z_",
            _ when char.IsAsciiLetterOrDigit(c) || !char.IsAscii(c) || c == '\0' => null,
            _ => $"\\{c}",
        };
        if (meaning is null)
        {
            return "a backslash before another character than a punctuation mark, 'd' or 'w'";
        }

        _body.Append(char.IsAsciiLetter(c) && !isInClass ? $"[{meaning}]" : meaning);
        _at += 2;
        return null;
    }

    private string? RefuseClass(int end)
    {
        var start = _at;
        _body.Append(_expression[_at++]);
        while (_at < end && (_expression[_at] != ']' || IsFirst(start)))
        {
            if (_expression[_at] == '[')
            {
                return "'[' within '[…]'";
            }

            if (_expression[_at] != '\\')
            {
                _body.Append(_expression[_at++]);
            }
            else if (RefuseEscape(end, isInClass: true) is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    /// <summary>A <c>]</c> right behind <c>[</c> or <c>[^</c> is a character of the class.</summary>
    private bool IsFirst(int start) => _at == start + 1 || (_at == start + 2 && _expression[start + 1] == '^');

    private bool IsEscaped(int at) => at > 0 && _expression[at - 1] == '\\' && !IsEscaped(at - 1);
}
