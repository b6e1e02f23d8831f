using System.Text;

namespace NodeGate.Fuzz.References;

/// <summary>
/// A second reader of JSON, by the grammar of RFC 8259 and nothing else: slow and short. It refuses duplicate names and half surrogate
/// pairs, so that what it accepts has one meaning.
/// </summary>
internal sealed class JsonReference
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _text;
    private readonly int _maxDepth;
    private int _position;

    private JsonReference(string text, int maxDepth)
    {
        _text = text;
        _maxDepth = maxDepth;
    }

    /// <summary>The value, or null where it is not JSON: a dictionary, a list, a text, a <see cref="JsonNumber"/>, a bool or <see cref="DBNull"/>.</summary>
    public static object? Read(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        try
        {
            var reader = new JsonReference(StrictUtf8.GetString(utf8), maxDepth);
            var value = reader.Value(0);
            reader.Space();
            return reader._position == reader._text.Length ? value : null;
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException or IndexOutOfRangeException or ArgumentException)
        {
            return null;
        }
    }

    private object Value(int depth)
    {
        Space();
        return _text[_position] switch
        {
            '{' => Members(depth + 1),
            '[' => Items(depth + 1),
            '"' => Text(),
            't' => Word("true", true),
            'f' => Word("false", false),
            'n' => Word("null", DBNull.Value),
            _ => Number(),
        };
    }

    private Dictionary<string, object> Members(int depth)
    {
        Require(depth <= _maxDepth);
        var members = new Dictionary<string, object>(StringComparer.Ordinal);
        _position++;
        Space();
        if (Take('}'))
        {
            return members;
        }

        do
        {
            Space();
            Require(_text[_position] == '"');
            var name = Text();
            Space();
            Require(Take(':'));
            // A duplicate name throws.
            members.Add(name, Value(depth));
            Space();
        }
        while (Take(','));
        Require(Take('}'));
        return members;
    }

    private List<object> Items(int depth)
    {
        Require(depth <= _maxDepth);
        var items = new List<object>();
        _position++;
        Space();
        if (Take(']'))
        {
            return items;
        }

        do
        {
            items.Add(Value(depth));
            Space();
        }
        while (Take(','));
        Require(Take(']'));
        return items;
    }

    private string Text()
    {
        var text = new StringBuilder();
        for (_position++; _text[_position] != '"'; _position++)
        {
            var c = _text[_position];
            Require(c >= ' ');
            if (c == '\\')
            {
                c = _text[++_position];
                c = c switch
                {
                    '"' or '\\' or '/' => c,
                    'b' => '\b',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => Hexadecimal(),
                    _ => throw new FormatException(),
                };
            }

            text.Append(c);
        }

        _position++;
        var value = text.ToString();
        // Throws for half a pair.
        _ = StrictUtf8.GetByteCount(value);
        return value;
    }

    private char Hexadecimal()
    {
        var digits = _text.AsSpan(_position + 1, 4);
        Require(!digits.ContainsAnyExcept("0123456789abcdefABCDEF"));
        _position += 4;
        return (char)Convert.ToUInt16(digits.ToString(), 16);
    }

    private JsonNumber Number()
    {
        var start = _position;
        Take('-');
        if (!Take('0'))
        {
            Digits();
        }

        if (Take('.'))
        {
            Digits();
        }

        if (Take('e') || Take('E'))
        {
            _ = Take('+') || Take('-');
            Digits();
        }

        return new JsonNumber(_text[start.._position]);
    }

    private void Digits()
    {
        var start = _position;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            _position++;
        }

        Require(_position > start);
    }

    private object Word(string word, object value)
    {
        Require(string.CompareOrdinal(_text, _position, word, 0, word.Length) == 0);
        _position += word.Length;
        return value;
    }

    private bool Take(char c)
    {
        var found = _position < _text.Length && _text[_position] == c;
        _position += found ? 1 : 0;
        return found;
    }

    private void Space()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\t' or '\r' or '\n')
        {
            _position++;
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new FormatException();
        }
    }
}
