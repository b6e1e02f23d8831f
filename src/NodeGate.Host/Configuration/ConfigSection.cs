using System.Net;
using NodeGate.Policy;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Host.Configuration;

/// <summary>
/// One mapping of the configuration, read key by key. Whoever reads a key names it, so that what nobody named is unknown
/// (<see cref="RefuseOthers"/>). A wrong value is collected as an error and stands as its default meanwhile.
/// </summary>
internal sealed class ConfigSection(YamlMapping? mapping, ErrorList errors)
{
    private const string UnixScheme = "unix://";

    private readonly List<string> _known = [];

    /// <summary>True when the section stands in the file.</summary>
    internal bool IsPresent => mapping is not null;

    /// <summary>True when the key is there and is YAML's null.</summary>
    internal bool IsNull(string key) => Find(key) is YamlScalar { IsNull: true };

    internal ConfigSection Section(string key)
    {
        switch (Find(key))
        {
            case YamlMapping inner:
                return new ConfigSection(inner, errors);
            case null or YamlScalar { IsNull: true }:
                return new ConfigSection(null, errors);
            case var other:
                errors.Add(other, "a mapping");
                return new ConfigSection(null, errors);
        }
    }

    internal string? Text(string key)
    {
        switch (Find(key))
        {
            case null or YamlScalar { IsNull: true }:
                return null;
            case YamlScalar { Text.Length: > 0 } scalar when scalar.Text.Any(char.IsControl):
                // The kernel and libc read a path or a name up to a NUL character; a line break would forge a line in logs.
                errors.Add(scalar.Position, "a text with control characters", "a text on one line");
                return null;
            case YamlScalar { Text.Length: > 0 } scalar:
                return scalar.Text;
            case var other:
                errors.Add(other, "a text");
                return null;
        }
    }

    internal IReadOnlyList<string> Texts(string key)
    {
        switch (Find(key))
        {
            case null or YamlScalar { IsNull: true }:
                return [];
            case YamlSequence list:
                foreach (var wrong in list.Items.Where(i => i is not YamlScalar { IsNull: false, Text.Length: > 0 }))
                {
                    errors.Add(wrong, "a text");
                }

                return [.. list.Items.OfType<YamlScalar>().Where(s => !s.IsNull).Select(s => s.Text)];
            case var other:
                errors.Add(other, "a list of texts");
                return [];
        }
    }

    internal void Exactly(string key, string expected)
    {
        if (Find(key) is not { } node)
        {
            errors.Add(mapping!.Position, $"no '{key}'", $"'{key}: {expected}'");
        }
        else if (node is not YamlScalar scalar || !string.Equals(scalar.Text, expected, StringComparison.Ordinal))
        {
            errors.Add(node, $"'{expected}'");
        }
    }

    /// <param name="key">The key.</param>
    /// <param name="fallback">The default.</param>
    /// <param name="maxBytes">The longest path.</param>
    /// <param name="because">Why not a longer one.</param>
    internal string UnixSocket(string key, string fallback, int maxBytes, string because)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        var path = text.StartsWith(UnixScheme, StringComparison.Ordinal) ? text[UnixScheme.Length..] : text;
        if (!path.StartsWith('/') || path.EndsWith('/'))
        {
            errors.Add(Find(key)!, "a unix socket with an absolute path, such as unix:///run/nodegate/nodegate.sock");
        }
        else if (System.Text.Encoding.UTF8.GetByteCount(path) > maxBytes)
        {
            errors.Add(Find(key)!, $"a socket path of at most {maxBytes} bytes: {because}");
        }

        return path;
    }

    internal string AbsolutePath(string key, string fallback)
    {
        var text = Text(key);
        if (text is not null && !text.StartsWith('/'))
        {
            errors.Add(Find(key)!, "an absolute path: a daemon's working folder is nobody's choice");
        }

        return text ?? fallback;
    }

    /// <summary>An absolute path, or null.</summary>
    internal string? OptionalPath(string key) => AbsolutePath(key, "") is { Length: > 0 } path ? path : null;

    /// <summary>One of the named values, or null where the key is absent.</summary>
    internal T? OneOf<T>(string key, params (string Name, T Value)[] values)
        where T : struct
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        foreach (var (name, value) in values)
        {
            if (string.Equals(name, text, StringComparison.Ordinal))
            {
                return value;
            }
        }

        errors.Add(Find(key)!, "one of " + string.Join(", ", values.Select(v => v.Name)));
        return null;
    }

    /// <summary>The name of a Kubernetes object (RFC 1123), which is needed; empty where it is wrong.</summary>
    internal string ObjectName(string key)
    {
        if (Text(key) is not { } text)
        {
            Refuse(key, $"no '{key}'", "the name of a Kubernetes object");
            return "";
        }

        if (text.Length <= 253 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'))
        {
            return text;
        }

        errors.Add(Find(key)!, "the name of a Kubernetes object: lower-case letters, digits, '-' and '.'");
        return "";
    }

    /// <summary>The mappings of a list.</summary>
    internal IReadOnlyList<ConfigSection> Sections(string key, int max)
    {
        switch (Find(key))
        {
            case null or YamlScalar { IsNull: true }:
                return [];
            case YamlSequence { Items.Length: var count } list when count <= max && list.Items.All(i => i is YamlMapping):
                return [.. list.Items.OfType<YamlMapping>().Select(inner => new ConfigSection(inner, errors))];
            case var other:
                errors.Add(other, $"a list of at most {max} mappings");
                return [];
        }
    }

    /// <summary>What is wrong with the values together is an error at <paramref name="key"/>, or at the mapping where that is absent.</summary>
    internal void Refuse(string key, string found, string expected) =>
        errors.Add(Find(key)?.Position ?? mapping?.Position ?? throw new InvalidOperationException("A section that is not there has no errors."), found, expected);

    internal TimeSpan Duration(string key, TimeSpan fallback)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (Quantity.TryParseDuration(text, out var duration))
        {
            return duration;
        }

        errors.Add(Find(key)!, "a duration greater than zero, such as 30s, 24h or 1h30m");
        return fallback;
    }

    /// <summary>A duration, or <c>0s</c> for none.</summary>
    internal TimeSpan DurationOrZero(string key, TimeSpan fallback) => Text(key) is "0" or "0s" ? TimeSpan.Zero : Duration(key, fallback);

    internal long Size(string key, long fallback, long min)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (Quantity.TryParseSize(text, out var size) && size >= min)
        {
            return size;
        }

        errors.Add(Find(key)!, $"a size of at least {min} bytes, such as 100MiB");
        return fallback;
    }

    internal int Integer(string key, int fallback, int min, int max)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (WholeNumber.TryParse(text, out var value) && value >= min && value <= max)
        {
            return (int)value;
        }

        errors.Add(Find(key)!, $"a number from {min} to {max}");
        return fallback;
    }

    internal HostPort? Address(string key, HostPort? fallback)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        if (colon >= 0 && (host == "localhost" || IPAddress.TryParse(host, out _))
            && WholeNumber.TryParse(text.AsSpan(colon + 1), out var port) && port <= ushort.MaxValue)
        {
            return new HostPort(host, (ushort)port);
        }

        errors.Add(Find(key)!, "an IP address and a port, such as 127.0.0.1:9464 or [::1]:9464");
        return fallback;
    }

    /// <summary>Every key that nobody has named is an error, with the known one it was probably meant to be.</summary>
    internal void RefuseOthers()
    {
        foreach (var entry in mapping?.Entries ?? [])
        {
            if (!_known.Contains(entry.Key))
            {
                var nearest = Nearest.To(entry.Key, _known);
                errors.Add(
                    entry.Position,
                    $"the unknown key {Quote.Of(entry.Key)}",
                    nearest is null ? "one of " + string.Join(", ", _known) : $"'{nearest}'");
            }
        }
    }

    private YamlNode? Find(string key)
    {
        if (!_known.Contains(key))
        {
            _known.Add(key);
        }

        return mapping?.Entries.FirstOrDefault(e => string.Equals(e.Key, key, StringComparison.Ordinal))?.Value;
    }
}
