using System.Collections.Immutable;

namespace NodeGate.Registry.Toml;

/// <summary>The grammar above <see cref="TomlScanner"/>: lines, keys, tables, arrays. One use.</summary>
internal sealed class TomlParser(string text)
{
    private readonly TomlScanner _scan = new(text);

    internal TomlTable ParseDocument()
    {
        var root = new TomlTable();
        var current = root;
        for (_scan.SkipLines(); !_scan.AtEnd; _scan.SkipLines())
        {
            if (_scan.Peek == '[')
            {
                current = ParseHeader(root);
            }
            else
            {
                ParseKeyValue(current, depth: 0);
            }

            _scan.ExpectEndOfLine();
        }

        return root;
    }

    private TomlTable ParseHeader(TomlTable root)
    {
        var line = _scan.Line;
        _scan.Expect('[');
        if (_scan.Peek == '[')
        {
            throw new TomlException(line, "arrays of tables ('[[') have no place in this file.");
        }

        var path = ParsePath();
        _scan.Expect(']');
        var table = root;
        foreach (var key in path)
        {
            table = Descend(table, key, line);
            if (table.IsClosed)
            {
                throw new TomlException(line, $"'{key}' was already given as a value; a header cannot add to it.");
            }
        }

        if (table.IsDefined)
        {
            throw new TomlException(line, $"table '{string.Join('.', path)}' stands twice.");
        }

        table.IsDefined = true;
        return table;
    }

    private void ParseKeyValue(TomlTable table, int depth)
    {
        var line = _scan.Line;
        var path = ParsePath();
        _scan.Expect('=');
        _scan.SkipBlanks();
        foreach (var key in path[..^1])
        {
            table = Descend(table, key, line);
            if (table.IsDefined)
            {
                throw new TomlException(line, $"'{key}' is a table with a header of its own; a dotted key cannot add to it.");
            }

            table.IsClosed = true;
        }

        table.Add(path[^1], ParseValue(depth), line);
    }

    private static TomlTable Descend(TomlTable table, string key, int line)
    {
        if (table.TryGet(key, out var value))
        {
            return value.AsTable(key);
        }

        var created = new TomlTable();
        table.Add(key, TomlValue.Of(created, line), line);
        return created;
    }

    private ImmutableArray<string> ParsePath()
    {
        var path = ImmutableArray.CreateBuilder<string>();
        do
        {
            _scan.SkipBlanks();
            path.Add(_scan.ReadKey());
            if (path.Count > RegistryLimits.MaxTomlDepth)
            {
                throw new TomlException(_scan.Line, $"a key has more than {RegistryLimits.MaxTomlDepth} parts.");
            }

            _scan.SkipBlanks();
        }
        while (_scan.TryTake('.'));
        return path.ToImmutable();
    }

    private TomlValue ParseValue(int depth)
    {
        var line = _scan.Line;
        if (depth > RegistryLimits.MaxTomlDepth)
        {
            throw new TomlException(line, $"values are nested deeper than {RegistryLimits.MaxTomlDepth}.");
        }

        return _scan.Peek switch
        {
            '"' or '\'' => TomlValue.Of(_scan.ReadString(multiLineAllowed: true), line),
            '[' => ParseArray(depth, line),
            '{' => ParseInlineTable(depth, line),
            _ => _scan.ReadBareValue(),
        };
    }

    private TomlValue ParseArray(int depth, int line)
    {
        _scan.Expect('[');
        var items = ImmutableArray.CreateBuilder<TomlValue>();
        _scan.SkipLines();
        while (!_scan.TryTake(']'))
        {
            items.Add(ParseValue(depth + 1));
            _scan.SkipLines();
            if (_scan.TryTake(','))
            {
                _scan.SkipLines();
            }
            else if (_scan.Peek != ']')
            {
                throw _scan.Unexpected("',' or ']'");
            }
        }

        return TomlValue.Of(items.ToImmutable(), line);
    }

    private TomlValue ParseInlineTable(int depth, int line)
    {
        _scan.Expect('{');
        var table = new TomlTable { IsClosed = true };
        _scan.SkipBlanks();
        if (!_scan.TryTake('}'))
        {
            do
            {
                ParseKeyValue(table, depth + 1);
                _scan.SkipBlanks();
            }
            while (_scan.TryTake(','));
            _scan.Expect('}');
        }

        return TomlValue.Of(table, line);
    }
}
