using System.Collections.Immutable;
using System.Text;
using NodeGate.Registry.Hosts;

namespace NodeGate.Registry.Auth;

/// <summary>
/// Parses Www-Authenticate strictly: tokens, quoted strings, commas. A parameter that stands twice makes the header unusable, because a
/// reader that keeps the other one would send the credentials to another realm.
/// </summary>
internal sealed class ChallengeParser
{
    private readonly string _text;
    private int _position;

    private ChallengeParser(string text) => _text = text;

    /// <summary>The challenges of all headers together.</summary>
    /// <exception cref="FormatException">A header is not one, or beyond <see cref="RegistryLimits"/>.</exception>
    internal static ImmutableArray<Challenge> Parse(IEnumerable<string> headers)
    {
        var challenges = ImmutableArray.CreateBuilder<Challenge>();
        foreach (var header in headers)
        {
            if (header.Length > RegistryLimits.MaxChallengeLength)
            {
                throw new FormatException($"longer than {RegistryLimits.MaxChallengeLength} characters");
            }

            new ChallengeParser(header).ReadInto(challenges);
        }

        return challenges.ToImmutable();
    }

    private void ReadInto(ImmutableArray<Challenge>.Builder challenges)
    {
        SkipCommas();
        while (_position < _text.Length)
        {
            if (challenges.Count == RegistryLimits.MaxChallenges)
            {
                throw new FormatException($"more than {RegistryLimits.MaxChallenges} challenges");
            }

            var scheme = ReadToken();
            if (_position < _text.Length && _text[_position] is not (' ' or ','))
            {
                throw new FormatException("a scheme is followed by neither a space nor a comma");
            }

            challenges.Add(new Challenge(scheme, ReadParameters()));
        }
    }

    private ImmutableDictionary<string, string> ReadParameters()
    {
        var parameters = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        SkipSpaces();
        while (_position < _text.Length && !StartsNextChallenge())
        {
            if (_text[_position] == ',')
            {
                SkipCommas();
                continue;
            }

            var name = ReadToken().ToLowerInvariant();
            SkipSpaces();
            if (_position >= _text.Length || _text[_position++] != '=')
            {
                throw new FormatException("a parameter without '='");
            }

            SkipSpaces();
            var value = _position < _text.Length && _text[_position] == '"' ? ReadQuoted() : ReadToken();
            if (parameters.Count == RegistryLimits.MaxChallengeParameters || !parameters.TryAdd(name, value))
            {
                throw new FormatException($"parameter '{name}' stands twice, or there are more than {RegistryLimits.MaxChallengeParameters}");
            }

            SkipSpaces();
            if (_position < _text.Length && _text[_position] != ',')
            {
                throw new FormatException("parameters without a comma between them");
            }
        }

        return parameters.ToImmutable();
    }

    private bool StartsNextChallenge()
    {
        // token SP token, or a token alone before a comma or the end: no '=' follows, so it is a scheme.
        var start = _position;
        var end = start;
        while (end < _text.Length && HeaderRules.IsToken(_text.AsSpan(end, 1)))
        {
            end++;
        }

        if (end == start)
        {
            return false;
        }

        while (end < _text.Length && _text[end] is ' ' or '\t')
        {
            end++;
        }

        return end >= _text.Length || _text[end] != '=';
    }

    private string ReadToken()
    {
        var start = _position;
        while (_position < _text.Length && HeaderRules.IsToken(_text.AsSpan(_position, 1)))
        {
            _position++;
        }

        return _position > start ? _text[start.._position] : throw new FormatException("expected a token");
    }

    private string ReadQuoted()
    {
        _position++;
        var value = new StringBuilder();
        while (_position < _text.Length && _text[_position] != '"')
        {
            var c = _text[_position++];
            if (c == '\\' && _position < _text.Length)
            {
                c = _text[_position++];
            }

            if (char.IsControl(c))
            {
                throw new FormatException("a control character in a quoted string");
            }

            value.Append(c);
        }

        if (_position >= _text.Length)
        {
            throw new FormatException("a quoted string without end");
        }

        _position++;
        return value.ToString();
    }

    private void SkipSpaces()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\t')
        {
            _position++;
        }
    }

    private void SkipCommas()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\t' or ',')
        {
            _position++;
        }
    }
}
