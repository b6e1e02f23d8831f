using System.Collections.Immutable;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;
using NodeGate.Verification.Strict;

namespace NodeGate.Policy.Loading;

/// <summary>Reads one mapping: knows which keys there may be, and turns everything else into errors.</summary>
internal sealed class MappingReader
{
    private readonly YamlMapping _mapping;
    private readonly ErrorList _errors;

    private MappingReader(YamlMapping mapping, ErrorList errors)
    {
        _mapping = mapping;
        _errors = errors;
    }

    public PolicyPosition Position => _mapping.Position;

    /// <summary>Opens <paramref name="node"/>; null, with an error, where it is no mapping.</summary>
    /// <param name="node">The node.</param>
    /// <param name="what">What is expected there, for the error.</param>
    /// <param name="known">The keys that are read.</param>
    /// <param name="later">The keys that are known and refused: what to do instead, by key.</param>
    /// <param name="errors">Where errors go.</param>
    public static MappingReader? Open(
        YamlNode node, string what, ImmutableArray<string> known, ImmutableDictionary<string, string> later, ErrorList errors)
    {
        if (node is not YamlMapping mapping)
        {
            errors.Add(node, what);
            return null;
        }

        foreach (var entry in mapping.Entries)
        {
            if (later.TryGetValue(entry.Key, out var instead))
            {
                errors.Add(entry.Position, $"'{entry.Key}', which is not supported by this version", instead);
            }
            else if (!known.Contains(entry.Key))
            {
                var nearest = Nearest.To(entry.Key, known.Concat(later.Keys));
                errors.Add(
                    entry.Position,
                    $"the unknown key {Quote.Of(entry.Key)}",
                    nearest is null ? "one of " + string.Join(", ", known) : $"'{nearest}'? Known keys are {string.Join(", ", known)}");
            }
        }

        return new MappingReader(mapping, errors);
    }

    public bool Has(string key) => _mapping.Entries.Any(e => e.Key == key);

    /// <summary>The value of <paramref name="key"/>, or null where there is none.</summary>
    public YamlNode? Optional(string key) => _mapping.Entries.FirstOrDefault(e => e.Key == key)?.Value;

    /// <summary>The value of <paramref name="key"/>; an error where there is none.</summary>
    public YamlNode? Required(string key, string expected)
    {
        var value = Optional(key);
        if (value is null)
        {
            _errors.Add(Position, $"no '{key}'", expected);
        }

        return value;
    }

    /// <summary>Reads the text of <paramref name="node"/>; null stays null.</summary>
    public Located? Text(YamlNode? node, string expected, int maxLength)
    {
        if (node is null)
        {
            return null;
        }

        if (node is not YamlScalar { IsNull: false } scalar || scalar.Text.Length == 0)
        {
            _errors.Add(node, expected);
            return null;
        }

        if (scalar.Text.Length > maxLength)
        {
            _errors.Add(node.Position, $"a text of {scalar.Text.Length} characters", $"{expected}, of at most {maxLength} characters");
            return null;
        }

        return new Located(scalar.Text, node.Position);
    }

    /// <summary>Reads a name: it appears in messages, logs and metrics.</summary>
    public Located? Name(YamlNode? node, string what)
    {
        var expected = $"{what} of letters, digits, '.', '_' and '-', beginning with a letter or digit";
        var name = Text(node, expected, PolicyLimits.MaxNameLength);
        if (name is not null && !(char.IsAsciiLetterOrDigit(name.Text[0]) && name.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')))
        {
            _errors.Add(name.Position, Quote.Of(name.Text), expected);
            return null;
        }

        return name;
    }

    /// <summary>Reads a sentence for people: one line.</summary>
    public Located? Line(YamlNode? node, string expected)
    {
        var line = Text(node, expected, PolicyLimits.MaxTextLength);
        if (line is not null && line.Text.Any(char.IsControl))
        {
            // A line break would forge a line in logs and in what kubectl shows.
            _errors.Add(line.Position, "a text of several lines", expected + " on one line");
            return null;
        }

        return line;
    }

    /// <summary>Reads a regular expression that must match a whole value, in linear time; null stays null.</summary>
    public TextPattern? Regex(YamlNode? node, string expected)
    {
        if (Text(node, expected, VerificationLimits.MaxPatternCharacters) is not { } text)
        {
            return null;
        }

        if (!TextPattern.TryParseRegex(text.Text, out var pattern, out var error))
        {
            _errors.Add(text.Position, $"{Quote.Of(text.Text)}: {error}", expected + ", of the kind that is matched in linear time");
        }

        return pattern;
    }

    /// <summary>Reads a whole number from 1; null, with an error, where it is another thing. Null stays null.</summary>
    public int? Count(YamlNode? node)
    {
        if (node is null)
        {
            return null;
        }

        if (node is YamlScalar { IsPlain: true } scalar && WholeNumber.TryParse(scalar.Text, out var count) && count is >= 1 and <= int.MaxValue)
        {
            return (int)count;
        }

        _errors.Add(node, "a whole number from 1, without quotes");
        return null;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>; null stays null.</summary>
    public bool? Flag(YamlNode? node) => Word(node, ("true", true), ("false", false));

    /// <summary>Reads a point in time with its zone; null stays null.</summary>
    public DateTimeOffset? Time(YamlNode? node)
    {
        const string Expected = "a time such as 2026-01-31T12:00:00Z (RFC 3339)";
        if (Text(node, Expected, PolicyLimits.MaxTextLength) is not { } text)
        {
            return null;
        }

        if (StrictTime.TryParse(text.Text, out var time))
        {
            return time;
        }

        _errors.Add(text.Position, Quote.Of(text.Text), Expected);
        return null;
    }

    /// <summary>Reads a mapping of texts with at least one entry; empty, with an error, otherwise. Null is empty.</summary>
    public ImmutableArray<(Located Name, string Value)> Texts(YamlNode? node, string expected, string expectedValue, int max, string limit)
    {
        if (node is null)
        {
            return [];
        }

        if (node is not YamlMapping { Entries.IsEmpty: false } mapping)
        {
            _errors.Add(node, expected);
            return [];
        }

        if (mapping.Entries.Length > max)
        {
            _errors.Add(node.Position, $"a mapping of {mapping.Entries.Length}", $"at most {max} of them ({limit})");
            return [];
        }

        return
        [
            .. mapping.Entries
                .Select(e => (Name: new Located(e.Key, e.Position), Value: Line(e.Value, expectedValue)))
                .Where(e => e.Value is not null)
                .Select(e => (e.Name, e.Value!.Text)),
        ];
    }

    /// <summary>Reads one of <paramref name="words"/>; null, where there is none or another.</summary>
    public T? Word<T>(YamlNode? node, params ReadOnlySpan<(string Word, T Value)> words)
        where T : struct
    {
        if (node is null)
        {
            return null;
        }

        var text = (node as YamlScalar)?.Text;
        foreach (var (word, value) in words)
        {
            if (word == text)
            {
                return value;
            }
        }

        var expected = new List<string>();
        foreach (var (word, _) in words)
        {
            expected.Add($"'{word}'");
        }

        _errors.Add(node, string.Join(" or ", expected));
        return null;
    }

    /// <summary>Reads a list with at least one item and no more than <paramref name="max"/>; empty, with an error, otherwise.</summary>
    public ImmutableArray<YamlNode> List(YamlNode? node, string expected, int max, string limit)
    {
        if (node is null)
        {
            return [];
        }

        if (node is not YamlSequence { Items.IsEmpty: false } sequence)
        {
            _errors.Add(node, expected);
            return [];
        }

        if (sequence.Items.Length > max)
        {
            _errors.Add(node.Position, $"a list of {sequence.Items.Length}", $"at most {max} of them ({limit})");
            return [];
        }

        return sequence.Items;
    }
}
