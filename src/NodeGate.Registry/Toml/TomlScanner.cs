using System.Buffers;
using System.Globalization;
using System.Text;

namespace NodeGate.Registry.Toml;

/// <summary>Characters, lines, strings and bare words of a TOML text.</summary>
internal sealed class TomlScanner(string text)
{
    private static readonly SearchValues<char> BareKey =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<char> BareValue =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+.:");

    private int _position;

    internal int Line { get; private set; } = 1;

    internal bool AtEnd => _position >= text.Length;

    internal char Peek => AtEnd ? '\0' : text[_position];

    internal TomlException Unexpected(string expected) =>
        new(Line, $"expected {expected}, found {(AtEnd ? "the end of the file" : Peek is '\n' or '\r' ? "the end of the line" : $"'{Peek}'")}.");

    internal bool TryTake(char c)
    {
        if (AtEnd || text[_position] != c)
        {
            return false;
        }

        _position++;
        return true;
    }

    internal void Expect(char c)
    {
        SkipBlanks();
        if (!TryTake(c))
        {
            throw Unexpected($"'{c}'");
        }
    }

    internal void SkipBlanks()
    {
        while (Peek is ' ' or '\t')
        {
            _position++;
        }
    }

    internal void SkipLines()
    {
        for (; ; )
        {
            SkipBlanks();
            SkipComment();
            if (!TryTakeNewLine())
            {
                return;
            }
        }
    }

    internal void ExpectEndOfLine()
    {
        SkipBlanks();
        SkipComment();
        if (!AtEnd && !TryTakeNewLine())
        {
            throw Unexpected("the end of the line");
        }
    }

    internal string ReadKey()
    {
        if (Peek is '"' or '\'')
        {
            return ReadString(multiLineAllowed: false);
        }

        var word = TakeWhile(BareKey);
        return word.Length > 0 ? word : throw Unexpected("a key");
    }

    internal TomlValue ReadBareValue()
    {
        var line = Line;
        var word = TakeWhile(BareValue);
        return word switch
        {
            "true" => TomlValue.Of(true, line),
            "false" => TomlValue.Of(false, line),
            "" => throw Unexpected("a value"),
            _ when char.IsAsciiDigit(word[0]) || word[0] is '+' or '-' || word is "inf" or "nan" => TomlValue.Other(word, line),
            _ => throw new TomlException(line, $"'{word}' is not a value; strings stand in quotes."),
        };
    }

    internal string ReadString(bool multiLineAllowed)
    {
        var quote = Peek;
        var multiLine = multiLineAllowed && string.CompareOrdinal(text, _position, new string(quote, 3), 0, 3) == 0;
        _position += multiLine ? 3 : 1;
        if (multiLine)
        {
            // TOML 1.0: a newline right after the opening delimiter is trimmed.
            TryTakeNewLine();
        }

        var result = new StringBuilder();
        while (!TryTakeClosing(quote, multiLine, result))
        {
            if (AtEnd || (!multiLine && Peek is '\n' or '\r'))
            {
                throw Unexpected($"the closing {quote}");
            }

            if (multiLine && TryTakeNewLine())
            {
                result.Append('\n');
            }
            else if (quote == '"' && Peek == '\\')
            {
                ReadEscape(result, multiLine);
            }
            else if (char.IsControl(Peek) && Peek != '\t')
            {
                throw new TomlException(Line, "a control character in a string; write it as an escape.");
            }
            else
            {
                result.Append(text[_position++]);
            }
        }

        return result.ToString();
    }

    private bool TryTakeClosing(char quote, bool multiLine, StringBuilder result)
    {
        if (Peek != quote || AtEnd)
        {
            return false;
        }

        if (!multiLine)
        {
            _position++;
            return true;
        }

        var run = 0;
        while (_position + run < text.Length && text[_position + run] == quote)
        {
            run++;
        }

        if (run < 3)
        {
            return false;
        }

        // TOML 1.0: up to two quotes may stand right before the closing three.
        if (run > 5)
        {
            throw Unexpected("at most five quotes in a row");
        }

        result.Append(quote, run - 3);
        _position += run;
        return true;
    }

    private void ReadEscape(StringBuilder result, bool multiLine)
    {
        _position++;
        var c = Peek;
        if (multiLine && c is '\n' or '\r' or ' ' or '\t')
        {
            SkipBlanks();
            if (!TryTakeNewLine())
            {
                throw Unexpected("the end of the line after '\\'");
            }

            do
            {
                SkipBlanks();
            }
            while (TryTakeNewLine());
            return;
        }

        _position++;
        switch (c)
        {
            case 'b': result.Append('\b'); break;
            case 't': result.Append('\t'); break;
            case 'n': result.Append('\n'); break;
            case 'f': result.Append('\f'); break;
            case 'r': result.Append('\r'); break;
            case '"': result.Append('"'); break;
            case '\\': result.Append('\\'); break;
            case 'u': result.Append(ReadScalar(4)); break;
            case 'U': result.Append(ReadScalar(8)); break;
            default: throw new TomlException(Line, "an escape that TOML does not have.");
        }
    }

    private Rune ReadScalar(int digits)
    {
        // .NET's numbers may end with NUL characters; here these are no digits.
        if (_position + digits <= text.Length && char.IsAsciiHexDigit(text[_position + digits - 1])
            && uint.TryParse(text.AsSpan(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && Rune.TryCreate(value, out var rune))
        {
            _position += digits;
            return rune;
        }

        throw new TomlException(Line, $"expected {digits} hexadecimal digits of a Unicode scalar value.");
    }

    private string TakeWhile(SearchValues<char> allowed)
    {
        var rest = text.AsSpan(_position);
        var length = rest.IndexOfAnyExcept(allowed);
        length = length < 0 ? rest.Length : length;
        _position += length;
        return rest[..length].ToString();
    }

    private void SkipComment()
    {
        if (Peek != '#')
        {
            return;
        }

        while (!AtEnd && Peek is not ('\n' or '\r'))
        {
            _position++;
        }
    }

    private bool TryTakeNewLine()
    {
        if (Peek == '\r')
        {
            if (_position + 1 >= text.Length || text[_position + 1] != '\n')
            {
                throw new TomlException(Line, "a carriage return that ends no line.");
            }

            _position++;
        }

        if (!TryTake('\n'))
        {
            return false;
        }

        Line++;
        return true;
    }
}
