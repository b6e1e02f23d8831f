using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Oci;

/// <summary>
/// The grammar of distribution/reference by hand: one pass, no regular expression (the reference is an attacker's text, and .NET's
/// default engine backtracks where Go's does not; style.md 7.2).
/// </summary>
internal static class ImageReferenceParser
{
    private const string DefaultRegistry = "docker.io";
    private const string LegacyDefaultRegistry = "index.docker.io";
    private const string OfficialPrefix = "library/";
    private const string DefaultTag = "latest";

    private static readonly SearchValues<char> TagCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    internal static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference, [NotNullWhen(false)] out string? error)
    {
        reference = null;
        if (string.IsNullOrEmpty(text))
        {
            error = "The image reference is empty; expected [registry/]repository[:tag][@digest].";
            return false;
        }

        if (text.Length > OciLimits.MaxReferenceLength)
        {
            error = $"The image reference has {text.Length} characters; at most {OciLimits.MaxReferenceLength} are accepted.";
            return false;
        }

        if (text.Length == 64 && !text.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            // containerd refuses it as well: 64 hexadecimal characters are an image ID, and a repository of that name would shadow it.
            error = Refuse(text, 0, "64 hexadecimal characters are an image ID, not a repository name");
            return false;
        }

        return TryParseNamed(text, out reference, out error);
    }

    private static bool TryParseNamed(string text, out ImageReference? reference, out string? error)
    {
        reference = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var hasRegistry = slash >= 0 && IsRegistry(text.AsSpan(0, slash));
        var registry = hasRegistry ? text[..slash] : DefaultRegistry;
        var start = hasRegistry ? slash + 1 : 0;
        if (hasRegistry && FindRegistryFault(registry) is { } fault)
        {
            error = Refuse(text, fault.Position, fault.Expected);
            return false;
        }

        if (string.Equals(registry, LegacyDefaultRegistry, StringComparison.Ordinal))
        {
            registry = DefaultRegistry;
        }

        var end = start;
        while (end < text.Length && text[end] is not (':' or '@'))
        {
            end++;
        }

        if (FindPathFault(text, start, end) is { } pathFault)
        {
            error = Refuse(text, pathFault.Position, pathFault.Expected);
            return false;
        }

        var repository = text[start..end];
        if (string.Equals(registry, DefaultRegistry, StringComparison.Ordinal) && !repository.Contains('/', StringComparison.Ordinal))
        {
            repository = OfficialPrefix + repository;
        }

        if (registry.Length + 1 + repository.Length > OciLimits.MaxNameLength)
        {
            error = Refuse(text, 0, $"the name '{registry}/…' has more than {OciLimits.MaxNameLength} characters");
            return false;
        }

        return TryParseSuffix(text, end, registry, repository, out reference, out error);
    }

    private static bool TryParseSuffix(
        string text, int position, string registry, string repository, out ImageReference? reference, out string? error)
    {
        reference = null;
        string? tag = null;
        if (position < text.Length && text[position] == ':')
        {
            var end = text.IndexOf('@', position);
            end = end < 0 ? text.Length : end;
            tag = text[(position + 1)..end];
            if (FindTagFault(tag) is { } fault)
            {
                error = Refuse(text, position + 1 + fault.Position, fault.Expected);
                return false;
            }

            position = end;
        }

        Digest? digest = null;
        if (position < text.Length && !Digest.TryParse(text.AsSpan(position + 1), out digest))
        {
            error = Refuse(text, position + 1, "expected 'sha256:' and 64, or 'sha512:' and 128, lower-case hexadecimal characters");
            return false;
        }

        reference = new ImageReference(registry, repository, digest is null ? tag ?? DefaultTag : null, digest);
        error = null;
        return true;
    }

    /// <summary>What stands before the first slash is a registry if it has a dot or colon, is <c>localhost</c>, or has an upper-case letter.</summary>
    private static bool IsRegistry(ReadOnlySpan<char> text) =>
        text.ContainsAny('.', ':') || text is "localhost" || text.ContainsAnyInRange('A', 'Z');

    private static (int Position, string Expected)? FindRegistryFault(string registry)
    {
        int end;
        if (registry.StartsWith('['))
        {
            end = registry.IndexOf(']', StringComparison.Ordinal);
            if (end < 2 || registry.AsSpan(1, end - 1).ContainsAnyExcept("0123456789abcdefABCDEF:"))
            {
                return (0, "expected an IPv6 address in brackets as the registry");
            }

            end++;
        }
        else
        {
            end = registry.IndexOf(':', StringComparison.Ordinal);
            end = end < 0 ? registry.Length : end;
            if (FindHostFault(registry.AsSpan(0, end)) is { } fault)
            {
                return fault;
            }
        }

        if (end == registry.Length)
        {
            return null;
        }

        return registry[end] == ':' && end + 1 < registry.Length && !registry.AsSpan(end + 1).ContainsAnyExceptInRange('0', '9')
            ? null
            : (end, "expected ':' and a decimal port after the registry's host");
    }

    private static (int Position, string Expected)? FindHostFault(ReadOnlySpan<char> host)
    {
        for (var i = 0; i < host.Length; i++)
        {
            var edge = i == 0 || i == host.Length - 1 || host[i - 1] == '.' || host[i + 1] == '.';
            if (!char.IsAsciiLetterOrDigit(host[i]) && (edge || host[i] is not ('-' or '.')))
            {
                return (i, "expected a registry host of letters, digits, '-' and '.', each part beginning and ending with a letter or digit");
            }
        }

        return host.IsEmpty ? (0, "expected a registry host") : null;
    }

    /// <summary>Path components of <c>[a-z0-9]+</c> joined by <c>.</c>, <c>_</c>, <c>__</c> or any number of <c>-</c>.</summary>
    private static (int Position, string Expected)? FindPathFault(string text, int start, int end)
    {
        const string Expected = "expected a repository of lower-case letters and digits, joined by '.', '_', '__', '-' or '/'";
        var i = start;
        while (true)
        {
            var word = i;
            while (i < end && IsPathCharacter(text[i]))
            {
                i++;
            }

            if (i == word)
            {
                return (i, Expected);
            }

            if (i == end)
            {
                return null;
            }

            i = SkipSeparator(text, i, end);
            if (i < 0)
            {
                return (word, Expected);
            }
        }
    }

    private static int SkipSeparator(string text, int i, int end)
    {
        switch (text[i])
        {
            case '/' or '.':
                return i + 1;
            case '_':
                return i + 1 < end && text[i + 1] == '_' ? i + 2 : i + 1;
            case '-':
                while (i < end && text[i] == '-')
                {
                    i++;
                }

                return i;
            default:
                return -1;
        }
    }

    private static bool IsPathCharacter(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static (int Position, string Expected)? FindTagFault(string tag)
    {
        if (tag.Length is 0 or > OciLimits.MaxTagLength)
        {
            return (0, $"expected a tag of 1 to {OciLimits.MaxTagLength} characters after ':'");
        }

        if (tag[0] is '.' or '-')
        {
            return (0, "a tag begins with a letter, a digit or '_'");
        }

        var bad = tag.AsSpan().IndexOfAnyExcept(TagCharacters);
        return bad < 0 ? null : (bad, "a tag consists of letters, digits, '_', '.' and '-'");
    }

    private static string Refuse(string text, int position, string expected)
    {
        var shown = text.Length <= 200 ? text : string.Concat(text.AsSpan(0, 200), "…");
        return $"Invalid image reference '{Printable(shown)}' at position {position}: {expected}.";
    }

    /// <summary>Control characters would forge lines in logs and terminals.</summary>
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
            }
        });
}
