using System.Collections.Immutable;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NodeGate.Policy.Loading.Yaml;

/// <summary>
/// Reads a file into plain nodes, within limits. Refused, because none of it is needed and each has been an attack or a surprise:
/// anchors and aliases (a few lines that expand to gigabytes), tags (types chosen by the document), duplicate keys (two readers, two
/// policies), control characters (the parser takes NUL for the end of the file and would drop the rest).
/// </summary>
public sealed class YamlReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly ErrorList _errors;
    private readonly IParser _parser;
    private int _nodes;
    private PolicyPosition _last;

    private YamlReader(string file, string text, ErrorList errors)
    {
        _file = file;
        _errors = errors;
        _parser = new Parser(new StringReader(text));
        _last = new PolicyPosition(file, 1, 1, "");
    }

    /// <summary>The documents of <paramref name="file"/> that are not empty; what is wrong goes to <paramref name="errors"/>.</summary>
    public static ImmutableArray<YamlNode> Read(PolicyFile file, ErrorList errors) =>
        Read(file, errors, "a document with 'apiVersion: nodegate.dev/v1' and 'kind: ImagePolicy'");

    /// <summary>The same, with what a document of the file is, for the error of a file without one.</summary>
    public static ImmutableArray<YamlNode> Read(PolicyFile file, ErrorList errors, string expected)
    {
        var whole = new PolicyPosition(file.Path, 0, 0, "");
        if (file.Content.Length > PolicyLimits.MaxFileBytes)
        {
            errors.Add(whole, $"more than {PolicyLimits.MaxFileBytes} bytes", $"at most {PolicyLimits.MaxFileBytes} bytes in one file: split it (MaxFileBytes)");
            return [];
        }

        if (Decode(file, whole, errors) is not { } text)
        {
            return [];
        }

        var before = errors.Count;
        var documents = new YamlReader(file.Path, text, errors).ReadDocuments();
        if (documents.IsEmpty && errors.Count == before)
        {
            errors.Add(whole, "no document", expected + ", or no such file");
        }

        return documents;
    }

    private static string? Decode(PolicyFile file, PolicyPosition whole, ErrorList errors)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(file.Content.Span);
        }
        catch (DecoderFallbackException e)
        {
            errors.Add(whole, $"bytes that are not UTF-8 at offset {e.Index}", "a file in UTF-8");
            return null;
        }

        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        var (line, column) = (1, 1);
        foreach (var c in text)
        {
            if (IsRefused(c))
            {
                errors.Add(whole with { Line = line, Column = column }, $"the control character U+{(int)c:X4}", "printable text, as YAML 1.2 section 5.1 has it");
                return null;
            }

            (line, column) = c == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return text;
    }

    private static bool IsRefused(char c) =>
        c is (< ' ' and not ('\t' or '\n' or '\r')) or (>= '\u007F' and < '\u00A0' and not '\u0085') or '\uFEFF' or '\uFFFE' or '\uFFFF';

    private ImmutableArray<YamlNode> ReadDocuments()
    {
        var documents = ImmutableArray.CreateBuilder<YamlNode>();
        try
        {
            _parser.Consume<StreamStart>();
            while (!_parser.TryConsume<StreamEnd>(out _))
            {
                _parser.Consume<DocumentStart>();
                if (ReadNode("", 1) is { } root && root is not YamlScalar { IsNull: true })
                {
                    documents.Add(root);
                }

                _parser.Consume<DocumentEnd>();
            }
        }
        catch (YamlException e)
        {
            _errors.Add(At(e.Start, ""), "YAML that cannot be read: " + e.Message.TrimEnd('.'), "YAML: check indentation, quotes and brackets around this place");
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16.3 throws this bare out of its scanner for some broken flow mappings; the place is the last node that was whole.
            _errors.Add(_last, "YAML that cannot be read, here or shortly after", "YAML: check indentation, quotes and brackets around this place");
        }
        catch (PolicyLimitException e)
        {
            _errors.Add(e.Position, e.Found, e.Expected);
        }

        return documents.ToImmutable();
    }

    /// <summary>The next node; null where it was refused.</summary>
    private YamlNode? ReadNode(string path, int depth)
    {
        var start = _parser.Current ?? throw new YamlException("the file ends early");
        var position = At(start.Start, path);
        _last = position;
        if (depth > PolicyLimits.MaxYamlDepth)
        {
            throw new PolicyLimitException(position, "nesting that is too deep", $"at most {PolicyLimits.MaxYamlDepth} levels (MaxYamlDepth)");
        }

        if (++_nodes > PolicyLimits.MaxYamlNodes)
        {
            throw new PolicyLimitException(position, "too many nodes", $"at most {PolicyLimits.MaxYamlNodes} scalars, lists and mappings in one file (MaxYamlNodes)");
        }

        Refuse(start, position);
        switch (start)
        {
            case Scalar scalar:
                _parser.MoveNext();
                return new YamlScalar(position, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                return ReadSequence(position, path, depth);
            case MappingStart:
                return ReadMapping(position, path, depth);
            case AnchorAlias:
                _errors.Add(position, "an alias (*)", "the value written out: aliases are not read");
                _parser.MoveNext();
                return null;
            default:
                throw new YamlException(start.Start, start.End, "unexpected " + start.GetType().Name);
        }
    }

    private YamlSequence ReadSequence(PolicyPosition position, string path, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        _parser.Consume<SequenceStart>();
        for (var i = 0; !_parser.TryConsume<SequenceEnd>(out _); i++)
        {
            if (ReadNode($"{path}[{i}]", depth + 1) is { } item)
            {
                items.Add(item);
            }
        }

        return new YamlSequence(position, items.DrainToImmutable());
    }

    private YamlMapping ReadMapping(PolicyPosition position, string path, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        _parser.Consume<MappingStart>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(path, depth + 1);
            var text = (key as YamlScalar)?.Text;
            var inner = text is null ? path : Join(path, text);
            var value = ReadNode(inner, depth + 1);
            if (key is null)
            {
                continue;
            }

            var at = key.Position with { Path = inner };
            if (text is null)
            {
                _errors.Add(at, key.Describe() + " as a key", "a text as a key");
            }
            else if (!keys.Add(text))
            {
                _errors.Add(at, $"the key {Quote.Of(text)} a second time", "each key once: remove one of them");
            }
            else if (value is not null)
            {
                entries.Add(new YamlEntry(text, at, value));
            }
        }

        return new YamlMapping(position, entries.DrainToImmutable());
    }

    private void Refuse(ParsingEvent start, PolicyPosition position)
    {
        if (start is not NodeEvent node)
        {
            return;
        }

        if (!node.Anchor.IsEmpty)
        {
            _errors.Add(position, "an anchor (&)", "no anchors: write the value out where it is needed");
        }

        if (!node.Tag.IsEmpty)
        {
            _errors.Add(position, "a tag (!)", "no tags: quote a value that is to be a text");
        }
    }

    private PolicyPosition At(Mark mark, string path) => new(_file, (int)Math.Min(mark.Line, int.MaxValue), (int)Math.Min(mark.Column, int.MaxValue), path);

    private static string Join(string path, string key)
    {
        var plain = key.Length is > 0 and <= 64 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        return plain ? (path.Length == 0 ? key : $"{path}.{key}") : $"{path}[{Quote.Of(key)}]";
    }
}
